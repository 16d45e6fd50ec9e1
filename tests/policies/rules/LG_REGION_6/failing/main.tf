# expect: aws_subnet.by_name
# expect: aws_subnet.by_id
# expect: aws_autoscaling_group.app
provider "aws" {
  region = "us-east-1"
}

provider "aws" {
  alias  = "secondary"
  region = "us-west-2"
}

resource "aws_vpc" "secondary" {
  provider = aws.secondary

  cidr_block = "10.1.0.0/16"
}

# The zones were copied from the primary region.
resource "aws_subnet" "by_name" {
  provider = aws.secondary

  vpc_id            = aws_vpc.secondary.id
  availability_zone = "us-east-1a"
  cidr_block        = "10.1.0.0/24"
}

resource "aws_subnet" "by_id" {
  provider = aws.secondary

  vpc_id               = aws_vpc.secondary.id
  availability_zone_id = "use1-az2"
  cidr_block           = "10.1.1.0/24"
}

resource "aws_launch_template" "app" {
  provider = aws.secondary

  name_prefix   = "app"
  image_id      = "ami-12345678"
  instance_type = "t3.micro"
}

resource "aws_autoscaling_group" "app" {
  provider = aws.secondary

  min_size           = 1
  max_size           = 1
  availability_zones = ["us-west-2a", "us-east-1b"]

  launch_template {
    id = aws_launch_template.app.id
  }
}
