"""A machine without a USB port: run by the system's Python inside `umockdev-wrapper`, told what to plug in.

Reads a line of JSON for each thing to do and answers each with one. What it starts sees the devices that it
made, under /sys and by udev; block devices have the node of a real loop device, so they can be mounted.
"""

import json
import subprocess
import sys

import gi

gi.require_version("UMockdev", "1.0")
from gi.repository import UMockdev  # noqa: E402

testbed = UMockdev.Testbed.new()
children = []


def add(subsystem, name, parent, attributes, binary, properties):
    device = testbed.add_device(subsystem, name, parent, attributes, properties)
    for key, value in binary.items():
        testbed.set_attribute_binary(device, key, bytes.fromhex(value))
    if binary:
        testbed.uevent(device, "add")  # the first told of it before it was whole
    return device


def change(device, attributes, properties):
    for key, value in attributes.items():
        testbed.set_attribute(device, key, value)
    for key, value in properties.items():
        testbed.set_property(device, key, value)
    testbed.uevent(device, "change")


def remove(device):
    testbed.uevent(device, "remove")
    testbed.remove_device(device)


def attribute(device, name):
    with open(f"{testbed.get_root_dir()}{device}/{name}") as stream:  # noqa: PTH123
        return stream.read().strip()


def start(command, errors):
    with open(errors, "wb") as stream:  # noqa: PTH123
        children.append(subprocess.Popen(command, stderr=stream))
    return children[-1].pid


for line in sys.stdin:
    asked = json.loads(line)
    answer = globals()[asked["do"]](*asked["with"])
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()
for child in children:
    child.terminate()
    child.wait()
