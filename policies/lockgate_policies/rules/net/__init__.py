"""Rules about the network between those who ask and those who answer."""
