"""NcFTP: the interactive ncftp, and ncftpget, ncftpput and ncftpls for scripts."""

import os
import signal
import time
import unittest

from harness import PASSWORD, wait_until
from raw_client import BOUND
from real_client import MIB, POOL, ClientTest, make_odd_tree, odd_names, tree, write_big

# What NcFTP cannot do in a tree, with any server: it takes a % in a directory's name for a part of a format, hides "..."
# and, without MLSD, takes " -> " for a symbolic link's.
CANNOT = ("100%", "per%20cent", "%2e%2e", "...", "arrow -> target")
TIME = 1_000_000_007
