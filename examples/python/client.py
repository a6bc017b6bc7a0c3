#!/usr/bin/env python3
"""Asks a goal-search server for trials and tells it what they are worth.

    pip install -r requirements.txt
    python client.py 127.0.0.1:7700

No code is generated: the server describes its calls itself (gRPC reflection).
best.py asks for the best goal of a study and nothing else.
"""

import os
import sys
import uuid

import grpc
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)

SERVICE = "goalsearch.v1.SearchService"


class Server:
    """The calls of a server: server.GetStudy(name="studies/first")."""

    def __init__(self, address):
        self.channel = connect(address)
        pool = DescriptorPool(ProtoReflectionDescriptorDatabase(self.channel))
        self.service = pool.FindServiceByName(SERVICE)

    def __getattr__(self, name):
        method = self.service.methods_by_name[name]
        request = GetMessageClass(method.input_type)
        call = self.channel.unary_unary(
            f"/{SERVICE}/{name}",
            request_serializer=request.SerializeToString,
            response_deserializer=GetMessageClass(method.output_type).FromString,
        )
        return lambda **fields: call(request(**fields), timeout=60, wait_for_ready=True)


def connect(address):
    """Files with authorities and token come from where goal-search has them."""
    ca, token = os.environ.get("GOAL_SEARCH_CA"), os.environ.get("GOAL_SEARCH_TOKEN_FILE")
    if not ca:
        return grpc.insecure_channel(address)
    credentials = grpc.ssl_channel_credentials(read(ca))
    if token:
        shown = grpc.access_token_call_credentials(read(token).decode().strip())
        credentials = grpc.composite_channel_credentials(credentials, shown)
    return grpc.secure_channel(address, credentials)


def read(name):
    with open(name, "rb") as file:
        return file.read()


def new_id():
    """A call that is repeated with its ID happens once."""
    return str(uuid.uuid4())


def evaluate(x, y):
    """What a real client trains for; larger is better."""
    return -((x - 0.3) ** 2) - (y + 0.5) ** 2


def main(address):
    server = Server(address)
    study = server.CreateStudy(
        study={
            "spec": {
                "parameters": [
                    {"name": "x", "low": -1, "high": 1},
                    {"name": "y", "low": -1, "high": 1},
                ],
                "sampler": {"name": "cmaes", "seed": 1},
                "data_set": {"name": "none"},
            },
            "budget": {"trials": 30},
        },
        request_id=new_id(),
    )
    while True:
        try:
            asked = server.SuggestTrials(
                parent=study.name, worker="workers/python", wait={"seconds": 30}, request_id=new_id()
            )
        except grpc.RpcError as error:
            if error.code() == grpc.StatusCode.FAILED_PRECONDITION:
                break  # the study has ended
            raise
        for assignment in asked.assignments:
            point = assignment.trial.parameters
            value = evaluate(point["x"], point["y"])
            # After every epoch. One that is longer than assignment.lease_ttl needs
            # RenewLease meanwhile, or the trial goes to another worker.
            told = server.AddTrialMeasurement(
                lease=assignment.lease, measurement={"epoch": 0, "value": value}, request_id=new_id()
            )
            state = "STATE_PRUNED" if told.should_stop else "STATE_COMPLETE"
            server.CompleteTrial(lease=assignment.lease, final_state=state, value=value, request_id=new_id())
    best = server.ListOptimalTrials(parent=study.name).trials[0]
    print(f"{study.name}: trial {best.number} of 30 is worth {best.value:.4f} at {dict(best.parameters)}")


if __name__ == "__main__":
    main(sys.argv[1])
