# It does not declare the provider that it hands down.
module "network" {
  source = "./network"
}
