"""The Ministry of Trade (Kementerian Perdagangan): every change of a trade permit, by SOAP."""
