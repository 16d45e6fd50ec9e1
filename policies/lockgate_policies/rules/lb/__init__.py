"""Rules about the load balancers."""
