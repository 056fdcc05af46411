#!/usr/bin/env python3
"""pack_files.py - what each file of the shipped rules costs: make bench-pack

The posts of the sample, twenty times, go through `ekbom tag` under the whole pack and under the pack
without one file. The difference in processor time, set against the time of the whole pack less that
of a set with one rule (reading and writing JSON), is the file's share. A share of something that
files share (one pass over the text, a literal that two of them have) belongs to none, so the sum is
below 100 %. Least of three runs; two decimals of a per cent mean nothing.
"""
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
EKBOM = os.path.join(os.environ.get("EKBOM_BUILD", os.path.join(ROOT, "build")), "ekbom")
TIMES, RUNS = 20, 3


def seconds(rules, posts):
    def run():
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        with open(posts, "rb") as given:
            done = subprocess.run([EKBOM, "tag", "--rules", rules], stdin=given, check=False,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        if done.returncode not in (0, 3):
            sys.exit(f"bench: {done.stderr.decode()}")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return min(run() for _ in range(RUNS))


def main():
    with tempfile.TemporaryDirectory() as folder:
        posts, pack = os.path.join(folder, "posts.jsonl"), os.path.join(folder, "pack")
        with open(os.path.join(ROOT, "sample", "posts.jsonl"), encoding="utf-8") as lines:
            sample = [json.loads(line) for line in lines]
        with open(posts, "w", encoding="utf-8") as out:
            for _ in range(TIMES):
                for post in sample:
                    print(json.dumps({"id": str(post["id"]), "text": post["body"]}), file=out)
        one = os.path.join(folder, "one")
        os.mkdir(one)
        with open(os.path.join(one, "one.rules"), "w", encoding="utf-8") as out:
            out.write('theory none "None"\nmatch unheardof\n')
        shutil.copytree(os.path.join(ROOT, "rules", "rls"), pack)
        bare, whole = seconds(one, posts), seconds(pack, posts)
        count = len(sample) * TIMES
        print(f"pack, posts/s of the processor, with stance\t{count / (whole - bare):.0f}\t-\t-\t-")
        shares = []
        for name in ("theories", "treatments"):
            for file in sorted(os.listdir(os.path.join(pack, name))):
                path = os.path.join(pack, name, file)
                os.rename(path, os.path.join(folder, "aside"))
                shares.append(((whole - seconds(pack, posts)) / (whole - bare), f"{name}/{file}"))
                os.rename(os.path.join(folder, "aside"), path)
        for share, file in sorted(shares, reverse=True):
            print(f"pack, share of time of {file}, %\t{100 * share:.1f}\t-\t-\t-")


if __name__ == "__main__":
    main()
