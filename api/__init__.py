"""Every face of the hub, the acts behind them, and the one place that knows everything."""
