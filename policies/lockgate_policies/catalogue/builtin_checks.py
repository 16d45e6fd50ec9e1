"""checkov's own checks: which of them run beside the rules, which do not, and why.

checkov judges resources one by one, which is what these are good at. A check is on when it finds a
fault that would take a service or its account down whichever region is lost, needs no taste, and
contradicts nothing in the architecture. The reason stands beside each.
"""

from __future__ import annotations

from typing import Final

ON: Final[dict[str, str]] = {
    "CKV_AWS_1": "A policy that allows everything makes every other boundary pointless.",
    "CKV_AWS_7": "Keys that never rotate cannot be withdrawn after a leak.",
    "CKV_AWS_8": "Volumes of instances are read by whoever finds the disk.",
    "CKV_AWS_17": "A database with a public address is one password from the world.",
    "CKV_AWS_23": "A security group rule that says nothing is never removed.",
    "CKV_AWS_24": "SSH from the world; LG_LB_11 says it too, for all ways to write it.",
    "CKV_AWS_25": "RDP from the world; LG_LB_11 says it too, for all ways to write it.",
    "CKV_AWS_28": "A table without point-in-time recovery cannot undo a bad write.",
    "CKV_AWS_33": "A key that anyone may use encrypts nothing.",
    "CKV_AWS_41": "Credentials in a provider block are in git, and in every plan.",
    "CKV_AWS_46": "Secrets in user data are readable by everything on the instance.",
    "CKV_AWS_49": "A policy that allows every action of a service allows its deletion.",
    "CKV_AWS_53": "Public ACLs on a bucket.",
    "CKV_AWS_54": "A public policy on a bucket.",
    "CKV_AWS_55": "Public ACLs on a bucket's objects.",
    "CKV_AWS_56": "Public access by other accounts' principals.",
    "CKV_AWS_60": "A role that anyone may assume.",
    "CKV_AWS_61": "A role that every service may assume.",
    "CKV_AWS_62": "An administrator's policy for a group, role or user.",
    "CKV_AWS_63": "A policy of all actions for a group, role or user.",
    "CKV_AWS_79": "With IMDSv1, one forged request reads an instance's credentials.",
    "CKV_AWS_88": "Servers stand behind the load balancer, with no address of their own.",
    "CKV_AWS_93": "A bucket policy that locks everybody out, also in an emergency.",
    "CKV_AWS_140": "A global database replicates what it does not encrypt.",
    "CKV_AWS_227": "A disabled key makes every copy of the data unreadable.",
    "CKV_AWS_233": "A certificate destroyed before its successor exists takes HTTPS down.",
    "CKV_AWS_274": "Administrator access for a role, a user or a group.",
    "CKV_AWS_275": "Administrator access in a policy.",
    "CKV_AWS_277": "Every port from the world.",
    "CKV_AWS_286": "A policy by which its holder can give itself more.",
    "CKV_AWS_289": "A policy that may change other policies without limits.",
    "CKV_AWS_302": "A database snapshot that the world can restore.",
    "CKV_AWS_315": "Launch configurations cannot be given to new accounts any more.",
    "CKV_AWS_319": "An alarm that tells nobody.",
    "CKV_AWS_333": "ECS tasks stand behind the load balancer, with no address of their own.",
    "CKV_AWS_341": "More than one hop lets a container borrow its host's credentials.",
    "CKV_AWS_358": "A CI role that another repository's pipeline may assume.",
    "CKV_AWS_393": "A CI role that another repository's pipeline may assume.",
}

OFF: Final[dict[str, str]] = {
    "CKV_AWS_2": "LG_LB_5 asks for the redirect in production; a redirecting listener is HTTP.",
    "CKV_AWS_16": "LG_DATA_4 asks the same of every kind of database.",
    "CKV_AWS_18": "Logging the log bucket never ends; which buckets need it is a decision.",
    "CKV_AWS_20": "It asks checkov's graph; CKV_AWS_53 to 56 ask for the public access block.",
    "CKV_AWS_21": "Versioned access logs only cost; LG_DATA rules ask for backups.",
    "CKV_AWS_57": "It asks checkov's graph; CKV_AWS_53 to 56 ask for the public access block.",
    "CKV_AWS_91": "LG_LB_4 asks for access logs where it matters: in production.",
    "CKV_AWS_96": "LG_DATA_4 asks the same of every kind of database.",
    "CKV_AWS_103": "LG_LB_6 asks the same, and knows the default policy.",
    "CKV_AWS_126": "Detailed monitoring costs money and changes nothing about failover.",
    "CKV_AWS_130": "A public subnet may give public addresses; LG_SUBNET_5 forbids it elsewhere.",
    "CKV_AWS_131": "LG_LB_8 asks the same of application load balancers only.",
    "CKV_AWS_133": "LG_DATA_3 asks for backups of a configured length.",
    "CKV_AWS_139": "LG_DATA_2 asks for deletion protection.",
    "CKV_AWS_144": "Replicating access logs across regions protects nothing that serves.",
    "CKV_AWS_145": "Which key encrypts a bucket is a decision; S3 encrypts in any case.",
    "CKV_AWS_150": "LG_LB_3 asks for deletion protection where it matters: in production.",
    "CKV_AWS_153": "The servers are tagged by their group, and checkov misses dynamic tags.",
    "CKV_AWS_157": "LG_DATA_5 asks the same, also of Aurora.",
    "CKV_AWS_260": "Port 80 must be open to redirect to HTTPS.",
    "CKV_AWS_261": "LG_LB_9 asks the same, and for a path.",
    "CKV_AWS_293": "LG_DATA_2 asks for deletion protection.",
    "CKV_AWS_376": "LG_LB_5 and LG_LB_6 ask the same, by listener.",
    "CKV_AWS_378": "LG_LB_5 asks for the redirect in production; targets speak HTTP.",
    "CKV_AWS_382": "Security groups admit; what servers may call is another policy's question.",
    "CKV2_AWS_*": "They ask checkov's graph, which loses module variables and provider aliases.",
}
