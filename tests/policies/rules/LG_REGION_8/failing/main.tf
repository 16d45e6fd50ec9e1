# expect: environment
provider "aws" {
  region = "us-east-1"
}

provider "aws" {
  alias  = "secondary"
  region = "us-west-2"
}

resource "aws_launch_template" "primary" {
  name_prefix   = "app"
  image_id      = "ami-12345678"
  instance_type = "t3.micro"
}

resource "aws_autoscaling_group" "primary" {
  min_size           = 4
  max_size           = 8
  availability_zones = ["us-east-1a", "us-east-1b"]

  launch_template {
    id = aws_launch_template.primary.id
  }
}

resource "aws_launch_template" "secondary" {
  provider = aws.secondary

  name_prefix   = "app"
  image_id      = "ami-87654321"
  instance_type = "t3.micro"
}

# A pilot light: nothing runs before somebody scales it up.
resource "aws_autoscaling_group" "secondary" {
  provider = aws.secondary

  min_size           = 0
  max_size           = 8
  availability_zones = ["us-west-2a", "us-west-2b"]

  launch_template {
    id = aws_launch_template.secondary.id
  }
}
