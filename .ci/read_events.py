"""Reads a run's event file with TensorBoard's own reader and compares it with
metrics.jsonl: the same tags, the same steps, the same values. What the plugin
HParams reads there is compared with config.toml.

    python read_events.py RUN_DIR
"""

import ctypes
import json
import logging
import pathlib
import sys
import tomllib

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.hparams import api_pb2, metadata

REQUIRED = {
    "train/loss",
    "train/learning_rate",
    "train/gradient_norm",
    "validation/loss",
    "validation/accuracy_last",
    "limit/accuracy_last",
    "gap/accuracy_last",
    "curriculum/simple",
    "curriculum/nested",
    "curriculum/combined",
}


def check(condition, message):
    if not condition:
        sys.exit(f"read_events: {message}")


def read_metrics(path):
    """The lines by tag, as pairs of step and value, and the number of lines."""
    tags, before = {}, 0
    lines = path.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, 1):
        event = json.loads(line)
        check(event.pop("event") in ("progress", "validation"), f"{path}:{number}: unknown event")
        step, epoch = event.pop("step"), event.pop("epoch")
        check(step > 0 and epoch > 0, f"{path}:{number}: not after the start")
        check(step >= before, f"{path}:{number}: step {step} after {before}")
        before = step
        for tag, value in event.items():
            check(isinstance(value, (int, float)), f"{path}:{number}: {tag} is {value}")
            tags.setdefault(tag, []).append((step, value))
    return tags, len(lines)


def read_events(run):
    """The scalars of the event file by tag, as pairs of step and value."""
    # A damaged record is no error to TensorBoard: it warns, and stops there.
    logging.getLogger("tensorboard").setLevel(logging.WARNING)
    accumulator = EventAccumulator(str(run), size_guidance={"scalars": 0})
    accumulator.Reload()
    check(accumulator.file_version == 2.0, f"the file version is {accumulator.file_version}")
    tags = {}
    for tag in accumulator.Tags()["scalars"]:
        events = accumulator.Scalars(tag)
        steps = [event.step for event in events]
        times = [event.wall_time for event in events]
        check(all(a < b for a, b in zip(steps, steps[1:])), f"{tag}: the steps are {steps}")
        check(times == sorted(times), f"{tag}: time runs backwards")
        tags[tag] = [(event.step, event.value) for event in events]
    return tags


def read_hparams(run):
    """The experiment, the values by key and the status, as the plugin HParams reads them."""
    accumulator = EventAccumulator(str(run))
    accumulator.Reload()
    contents = accumulator.PluginTagToContent(metadata.PLUGIN_NAME)
    tags = (metadata.EXPERIMENT_TAG, metadata.SESSION_START_INFO_TAG, metadata.SESSION_END_INFO_TAG)
    differing = sorted(set(tags) ^ contents.keys())
    check(not differing, f"missing or unknown tags of hparams: {', '.join(differing)}")
    for tag in tags:
        count = len(accumulator.Tensors(tag))
        check(count == 1, f"{tag} is there {count} times")
    experiment = metadata.parse_experiment_plugin_data(contents[tags[0]])
    values = metadata.parse_session_start_info_plugin_data(contents[tags[1]]).hparams
    values = {key: getattr(value, value.WhichOneof("kind")) for key, value in values.items()}
    end = metadata.parse_session_end_info_plugin_data(contents[tags[2]])
    return experiment, values, end.status


def check_hparams(run, scalars):
    """Every key of the config is there with its type and value, every metric is a scalar."""
    experiment, values, status = read_hparams(run)
    sections = tomllib.loads((run / "config.toml").read_text(encoding="utf-8"))
    config = {f"{section}.{key}": value for section, keys in sections.items() for key, value in keys.items()}
    check(values == config, f"the config has {config}, the event file {values}")
    types = {str: api_pb2.DATA_TYPE_STRING, bool: api_pb2.DATA_TYPE_BOOL}
    expected = {key: types.get(type(value), api_pb2.DATA_TYPE_FLOAT64) for key, value in config.items()}
    found = {info.name: info.type for info in experiment.hparam_infos}
    check(found == expected, f"the keys of the experiment are {found}")
    check(all(info.description for info in experiment.hparam_infos), "a key has no description")
    metrics = [info.name.tag for info in experiment.metric_infos]
    missing = sorted(set(metrics) - scalars)
    check(metrics and not missing, f"metrics without values: {', '.join(missing)}")
    check(status == api_pb2.STATUS_SUCCESS, f"the training ended with status {status}")
    return len(config), len(metrics)


def main():
    check(len(sys.argv) == 2, "usage: read_events.py RUN_DIR")
    run = pathlib.Path(sys.argv[1])
    files = sorted(run.glob("events.out.tfevents.*"))
    check(len(files) == 1, f"{run} has {len(files)} event files, not one")
    check((run / "metrics.jsonl").is_file(), f"{run} has no metrics.jsonl")
    metrics, lines = read_metrics(run / "metrics.jsonl")
    events = read_events(run)

    missing = sorted(REQUIRED - events.keys())
    check(not missing, f"{files[0]} has no {', '.join(missing)}")
    differing = sorted(metrics.keys() ^ events.keys())
    check(not differing, f"only one of the two logs has {', '.join(differing)}")
    for tag, expected in metrics.items():
        found = events[tag]
        check(
            len(found) == len(expected),
            f"{tag}: {len(expected)} values in metrics.jsonl, {len(found)} in the event file",
        )
        for (step, value), event in zip(expected, found):
            # Event files hold single precision.
            wanted = (step, ctypes.c_float(value).value)
            check(event == wanted, f"{tag}: {wanted} in metrics.jsonl, {event} in the event file")
    keys, compared = check_hparams(run, events.keys())
    values = sum(len(pairs) for pairs in events.values())
    last = max(pairs[-1][0] for pairs in events.values())
    print(
        f"{files[0].name}: {len(events)} tags, {values} values of {lines} events up to step {last}, "
        f"equal to metrics.jsonl; hparams: {keys} keys equal to config.toml, {compared} metrics"
    )


main()
