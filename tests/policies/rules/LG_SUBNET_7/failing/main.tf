# expect: aws_vpc.primary
# expect: aws_vpc.secondary
provider "aws" {
  region = "us-east-1"
}

provider "aws" {
  alias  = "secondary"
  region = "us-west-2"
}

resource "aws_vpc" "primary" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_vpc" "secondary" {
  provider = aws.secondary

  cidr_block = "10.1.0.0/16"
}

# A range added later lies within the other region's.
resource "aws_vpc_ipv4_cidr_block_association" "secondary" {
  provider = aws.secondary

  vpc_id     = aws_vpc.secondary.id
  cidr_block = "10.0.128.0/20"
}
