// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.deltas;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.systemtest.deltas.Contender.Measured;
import dev.bartizan.systemtest.deltas.Outcome.Result;
import dev.bartizan.systemtest.deltas.WarmApply.Speed;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** The outcomes as tables: for a terminal, for a document, for a program. */
final class Report {
  private final List<Outcome> outcomes;
  private final List<String> names;

  /** By pair, for those that were measured. */
  private final Map<String, Double> megabytesPerSecond;

  Report(List<Outcome> outcomes) {
    this(outcomes, List.of());
  }

  /**
   * @param warm how fast ours apply, for some pairs
   */
  Report(List<Outcome> outcomes, List<Speed> warm) {
    this.outcomes = List.copyOf(outcomes);
    this.megabytesPerSecond =
        warm.stream().collect(Collectors.toMap(Speed::pair, Speed::megabytesPerSecond));
    this.names =
        outcomes.stream()
            .flatMap(outcome -> outcome.results().keySet().stream())
            .distinct()
            .toList();
  }

  /** Whether everything asked holds. */
  boolean holds() {
    return outcomes.stream().allMatch(o -> Verdict.onKind(o).holds() && Verdict.onAny(o).holds());
  }

  // ---- for a terminal

  /** One line: sizes in percent of the new file, and what is asked. */
  String line(Outcome outcome) {
    StringBuilder line =
        new StringBuilder(String.format(Locale.ROOT, "%-30s", outcome.pair().name()));
    for (String name : names) {
      line.append(String.format(Locale.ROOT, "%9s", share(outcome, name)));
    }
    return line.append("  ").append(verdicts(outcome)).toString();
  }

  String heading() {
    StringBuilder line =
        new StringBuilder(String.format(Locale.ROOT, "%-30s", "size in % of the new file"));
    names.forEach(
        name -> line.append(String.format(Locale.ROOT, "%9s", name.replace("zstd --", ""))));
    return line.toString();
  }

  private static String verdicts(Outcome outcome) {
    Verdict kind = Verdict.onKind(outcome);
    Verdict any = Verdict.onAny(outcome);
    String text =
        String.format(
            Locale.ROOT,
            "%s %.3f of %s, asked: %s",
            kind.holds() ? "ok  " : "MISS",
            kind.ratio(),
            kind.peer(),
            kind.asked());
    return any.holds()
        ? text
        : text
            + String.format(
                Locale.ROOT, "; MISS %.3f of %s, asked: %s", any.ratio(), any.peer(), any.asked());
  }

  private static String share(Outcome outcome, String name) {
    Result result = outcome.results().get(name);
    if (result == null) {
      return "-";
    }
    double share = outcome.share(result.bytes());
    return outcome.length() < 1024
        ? result.bytes() + " B"
        : String.format(Locale.ROOT, share < 1 ? "%.3f" : "%.1f", share);
  }

  /** What each contender needed for all pairs together. */
  String costs() {
    StringBuilder text = new StringBuilder();
    for (List<String> row : costRows()) {
      text.append(
          String.format(Locale.ROOT, "%-20s %10s %10s %10s %10s %10s %10s%n", row.toArray()));
    }
    return text.toString();
  }

  private List<List<String>> costRows() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("all pairs", "MB", "create s", "CPU s", "MiB", "apply s", "apply MiB"));
    for (String name : names) {
      rows.add(
          List.of(
              name,
              number("%.1f", sum(name, result -> result.bytes() / 1e6)),
              number("%.1f", sum(name, result -> result.measured().create().seconds())),
              number("%.1f", sum(name, result -> result.measured().create().cpuSeconds())),
              peak(name, result -> result.measured().create().peakKib()),
              number("%.1f", sum(name, result -> result.measured().apply().seconds())),
              peak(name, result -> result.measured().apply().peakKib())));
    }
    return rows;
  }

  private double sum(String name, ToDoubleFunction<Result> value) {
    return outcomes.stream()
        .map(outcome -> outcome.results().get(name))
        .filter(Objects::nonNull)
        .mapToDouble(value)
        .sum();
  }

  private String peak(String name, ToDoubleFunction<Result> kib) {
    double peak =
        outcomes.stream()
            .map(outcome -> outcome.results().get(name))
            .filter(Objects::nonNull)
            .mapToDouble(kib)
            .max()
            .orElse(0);
    return peak == 0 ? "-" : number("%.0f", peak / 1024);
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }

  // ---- for a document

  /** A table per kind, and one of costs, in Markdown. */
  String markdown() {
    StringBuilder text = new StringBuilder();
    for (Pair.Kind kind : Pair.Kind.values()) {
      List<Outcome> some = outcomes.stream().filter(o -> o.pair().kind() == kind).toList();
      if (!some.isEmpty()) {
        table(text, kind, some);
      }
    }
    text.append("### Time and memory, over all pairs\n\n");
    List<List<String>> costs = costRows();
    for (int i = 0; i < costs.size(); i++) {
      row(text, costs.get(i));
      if (i == 0) {
        row(text, costs.get(0).stream().map(unused -> "---").toList());
      }
    }
    return text.toString();
  }

  private void table(StringBuilder text, Pair.Kind kind, List<Outcome> some) {
    String title = kind.title();
    text.append("### ").append(title.substring(0, 1).toUpperCase(Locale.ROOT));
    text.append(title.substring(1)).append("\n\n");
    String asked = Verdict.onKind(some.get(0)).asked();
    text.append("Asked: ").append(asked).append(".\n\n");
    List<String> head = new ArrayList<>(List.of("pair", "kB"));
    head.addAll(names);
    head.addAll(List.of("ratio", "holds", "MB/s"));
    row(text, head);
    row(text, head.stream().map(unused -> "---").toList());
    for (Outcome outcome : some) {
      row(text, cells(outcome));
    }
    text.append('\n');
  }

  private List<String> cells(Outcome outcome) {
    List<String> cells = new ArrayList<>(List.of(outcome.pair().name()));
    cells.add(number("%.0f", outcome.length() / 1e3));
    for (String name : names) {
      String share = share(outcome, name);
      cells.add(name.equals(Peers.OURS) ? "**" + share + "**" : share);
    }
    Verdict kind = Verdict.onKind(outcome);
    cells.add(number("%.3f", kind.ratio()) + " of " + kind.peer());
    cells.add(kind.holds() && Verdict.onAny(outcome).holds() ? "yes" : "**no**");
    Double speed = megabytesPerSecond.get(outcome.pair().name());
    cells.add(speed == null ? "-" : number("%.0f", speed));
    return cells;
  }

  private static void row(StringBuilder text, List<String> cells) {
    text.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }

  // ---- for a program

  String json() {
    ObjectNode document = new ObjectMapper().createObjectNode();
    document.put("holds", holds());
    ArrayNode pairs = document.putArray("pairs");
    for (Outcome outcome : outcomes) {
      ObjectNode entry = pairs.addObject();
      entry.put("name", outcome.pair().name()).put("what", outcome.pair().what());
      entry.put("kind", outcome.pair().kind().name().toLowerCase(Locale.ROOT));
      entry.put("length", outcome.length());
      add(entry.putObject("asked_of_kind"), Verdict.onKind(outcome));
      add(entry.putObject("asked_of_any"), Verdict.onAny(outcome));
      Optional.ofNullable(megabytesPerSecond.get(outcome.pair().name()))
          .ifPresent(speed -> entry.put("warm_megabytes_per_second", speed));
      ObjectNode results = entry.putObject("results");
      outcome.results().forEach((name, result) -> add(results.putObject(name), result));
    }
    return document.toPrettyString();
  }

  private static void add(ObjectNode entry, Verdict verdict) {
    entry.put("holds", verdict.holds()).put("asked", verdict.asked());
    entry.put("ratio", verdict.ratio()).put("peer", verdict.peer());
  }

  private static void add(ObjectNode entry, Result result) {
    Measured measured = result.measured();
    entry.put("sort", result.sort().name()).put("bytes", measured.bytes());
    add(entry.putObject("create"), measured.create());
    add(entry.putObject("apply"), measured.apply());
  }

  private static void add(ObjectNode entry, Timed timed) {
    entry.put("seconds", timed.seconds()).put("cpu_seconds", timed.cpuSeconds());
    entry.put("peak_kib", timed.peakKib());
  }
}
