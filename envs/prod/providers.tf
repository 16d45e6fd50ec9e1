provider "aws" {
  region = "us-east-1"

  default_tags {
    tags = { Environment = "prod", ManagedBy = "terraform" }
  }
}

provider "aws" {
  alias  = "secondary"
  region = "us-west-2"

  default_tags {
    tags = { Environment = "prod", ManagedBy = "terraform" }
  }
}
