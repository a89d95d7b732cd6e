from benchmarks import dedup


def test_each_size_has_its_figures():
    found = {(each.table, each.row, each.column): each.median for each in dedup.measure((10_000, 20_000), (1_000,))}
    for count in ("10,000", "20,000"):
        ours, theirs = (found[dedup.DIGESTS, f"CPU us, {name}", count] for name in ("Seen", "set"))
        assert found[dedup.DIGESTS, "CPU us, Seen / set", count] == ours / theirs > 0
        assert found[dedup.DIGESTS, "bytes, Seen", count] > 11
    assert 10 < found[dedup.RECORDS, "% near to an earlier one", "1,000"] < 40
    assert found[dedup.RECORDS, "CPU us, placing", "1,000"] > found[dedup.DIGESTS, "CPU us, Seen", "10,000"]
    assert {row for _, row, _ in found} >= dedup.MAIN


def test_a_synthetic_record_is_no_other():
    (some,) = dedup.entries(1_000)
    assert len({each.id for each in some}) == 1_000
