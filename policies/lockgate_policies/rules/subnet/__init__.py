"""Rules about the subnets and what reaches them."""
