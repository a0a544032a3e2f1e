"""What simulated ministries share: a store on disk, a temper that can be set, a server."""
