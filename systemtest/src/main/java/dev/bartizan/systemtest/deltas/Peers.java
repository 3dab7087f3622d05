// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.deltas;

import dev.bartizan.systemtest.deltas.Contender.Sort;
import dev.bartizan.systemtest.lab.Distribution;
import java.util.List;

/** Who takes part, and how each is called: its strongest setting that is still one command. */
final class Peers {
  /** What codes a model without looking at another one; the measure for one trained anew. */
  static final String ALONE = "no base";

  static final String OURS = "bartizan";

  private Peers() {}

  /** All of them, ours first. */
  static List<Contender> all(Distribution distribution) {
    return List.of(
        ours(distribution),
        new Tool(
            "bsdiff",
            Sort.BYTES,
            List.of("bsdiff", "{old}", "{new}", "{delta}"),
            List.of("bspatch", "{old}", "{out}", "{delta}"),
            false),
        new Tool(
            "xdelta3",
            Sort.BYTES,
            List.of(
                "xdelta3",
                "-e",
                "-9",
                "-S",
                "lzma",
                "-B",
                "536870912",
                "-f",
                "-s",
                "{old}",
                "{new}",
                "{delta}"),
            List.of("xdelta3", "-d", "-B", "536870912", "-f", "-s", "{old}", "{delta}", "{out}"),
            true),
        patchFrom(),
        new Chunks(),
        new Tool(
            "zstd",
            Sort.BYTES,
            List.of("zstd", "-q", "-f", "-19", "{new}", "-o", "{delta}"),
            List.of("zstd", "-q", "-f", "-d", "{delta}", "-o", "{out}"),
            true),
        new InProcess("BitX", PlaneCoder.bitx()),
        new InProcess("FM-Delta", PlaneCoder.fmDelta()),
        new InProcess(ALONE, PlaneCoder.alone()));
  }

  static Contender ours(Distribution distribution) {
    return new Tool(
        OURS,
        Sort.OURS,
        List.of(distribution.fleet(), "delta", "create", "{old}", "{new}", "{delta}"),
        List.of(distribution.fleet(), "delta", "apply", "{old}", "{delta}", "{out}"),
        true);
  }

  static Tool patchFrom() {
    return new Tool(
        "zstd --patch-from",
        Sort.BYTES,
        List.of(
            "zstd", "-q", "-f", "-19", "--long=31", "--patch-from={old}", "{new}", "-o", "{delta}"),
        List.of(
            "zstd", "-q", "-f", "-d", "--long=31", "--patch-from={old}", "{delta}", "-o", "{out}"),
        false);
  }
}
