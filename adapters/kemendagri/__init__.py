"""The Ministry of Home Affairs (Kementerian Dalam Negeri): every civil event, in its JSON dialect."""
