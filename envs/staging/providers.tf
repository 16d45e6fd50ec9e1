provider "aws" {
  region = "us-east-1"

  default_tags {
    tags = { Environment = "staging", ManagedBy = "terraform" }
  }
}

provider "aws" {
  alias  = "secondary"
  region = "us-west-2"

  default_tags {
    tags = { Environment = "staging", ManagedBy = "terraform" }
  }
}
