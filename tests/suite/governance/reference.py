"""What others say of the same paths, days and counts: reads JSON from standard input, writes JSON to standard output.

usage: reference.py attribution | calendar | figures
"""

import datetime
import json
import sys


def attribution(paths):
    """Credits by model and channel. Models of law.md 9.1 that the library has not are written down here, from their definition."""
    import pandas
    from mam.core import MAM

    table = pandas.DataFrame(
        {
            "id": [str(number) for number in range(len(paths))],
            "channels": [" > ".join(path["channels"]) for path in paths],
            "hours": [" > ".join(repr(minutes / 60) for minutes in path["minutes"]) for path in paths],
            "converted": [path["converted"] for path in paths],
        }
    )
    mam = MAM(
        table,
        format_type="journey",
        channels_colname="channels",
        journey_with_conv_colname="converted",
        user_id_colname="id",
        time_till_conv_colname="hours",
    )

    def credits(result):
        rows = result.to_pandas()
        return {str(channel): float(value) for channel, value in zip(rows["channels"], rows["attribution"])}

    markov = mam.run_markov(transition_to_same_state=False)
    effects = markov.metadata["removal_effect"]["removal_effect"]
    with_loops = mam.run_markov(transition_to_same_state=True).metadata["removal_effect"]["removal_effect"]
    last_non_direct, last_per_channel = {}, {}
    for path in paths:
        if path["converted"]:
            others = [channel for channel in path["channels"] if channel != "direct"]
            channel = (others or path["channels"])[-1]
            last_non_direct[channel] = last_non_direct.get(channel, 0) + 1
            for channel in set(path["channels"]):
                last_per_channel[channel] = last_per_channel.get(channel, 0) + 1
    return {
        "last_touch": credits(mam.run_last_click()),
        "first": credits(mam.run_first_click()),
        "linear": credits(mam.run_linear()),
        "position": credits(mam.run_position_based()),
        "time_decay": credits(mam.run_time_decay(half_life_hours=168.0)),
        # What it calls attribution shares each path by effects; the effects themselves are what law.md means.
        "removal_effects": effects.to_dict(),
        "removal_effects_with_loops": with_loops.to_dict(),
        "last_non_direct": last_non_direct,
        "last_per_channel": last_per_channel,
    }


def calendar(asked):
    """Each day of the years from first to last with whether it is worked, by two libraries."""
    import chinese_calendar
    import holidays

    days = {}
    for year in range(asked["first"], asked["last"] + 1):
        china = holidays.China(years=year)
        day = datetime.date(year, 1, 1)
        while day.year == year:
            days[day.isoformat()] = [chinese_calendar.is_workday(day), china.is_working_day(day)]
            day += datetime.timedelta(days=1)
    return days


def figures(asked):
    """Intervals, smoothed rates and trends by scipy."""
    from scipy.stats import beta, binomtest, theilslopes

    return {
        "wilson": [
            list(binomtest(k, n).proportion_ci(confidence_level=level, method="wilson")) for k, n, level in asked["wilson"]
        ],
        "beta": [[float(beta.ppf(q, a, b)) for q in (0.025, 0.975)] for a, b in asked["beta"]],
        "slopes": [float(theilslopes(rates).slope) for rates in asked["rates"]],
    }


if __name__ == "__main__":
    print(json.dumps({"attribution": attribution, "calendar": calendar, "figures": figures}[sys.argv[1]](json.load(sys.stdin))))
