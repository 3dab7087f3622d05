// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.deltas;

import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.systemtest.deltas.WarmApply.Speed;
import dev.bartizan.systemtest.lab.Distribution;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code ./install.sh bench delta [--json] [--large] [--keep-peers] [--only PREFIX] [--corpus DIR]
 * [--pairs DIR]}: sizes, times and memory beside the peers, and whether what is asked of them
 * holds.
 *
 * <p>A whole run also writes {@code docs/delta-sizes.svg} and the tables in {@code docs/delta.md}.
 * {@code --keep-peers} takes what the peers needed from the last run, as far as that got. {@code
 * --pairs} is for files of the reader's own, named in {@code DIR/pairs.json} as the corpus script
 * does; the documents stay as they are.
 */
@TouchesTheWorld("an entry point: arguments, the corpus, the documents")
public final class DeltaBench {
  private static final String PICTURE = "![What has to travel, pair by pair](delta-sizes.svg)";
  private static final String BEGIN =
      "<!-- what follows is written by ./install.sh bench delta -->";

  private final Distribution distribution;
  private final Path source;
  private final PrintStream out;
  private boolean json;
  private boolean large;
  private boolean keepPeers;
  private String only = "";
  private Path directory;
  private boolean ownPairs;

  private DeltaBench(Distribution distribution, Path source, List<String> arguments) {
    this.distribution = distribution;
    this.source = source;
    this.directory = source.resolve("systemtest/target/deltas");
    read(arguments);
    this.out = json ? System.err : System.out;
  }

  private void read(List<String> arguments) {
    for (int i = 0; i < arguments.size(); i++) {
      String value = i + 1 < arguments.size() ? arguments.get(i + 1) : "";
      switch (arguments.get(i)) {
        case "--json" -> json = true;
        case "--large" -> large = true;
        case "--keep-peers" -> keepPeers = true;
        case "--only" -> {
          only = value;
          i++;
        }
        case "--corpus", "--pairs" -> {
          directory = Path.of(value);
          ownPairs = arguments.get(i).equals("--pairs");
          i++;
        }
        default -> throw new IllegalArgumentException("bench delta: what is " + arguments.get(i));
      }
    }
  }

  /** Runs it; true when everything that is asked holds. */
  public static boolean run(List<String> arguments) throws Exception {
    Path source = Path.of(System.getProperty("bartizan.source", ".")).toAbsolutePath().normalize();
    DeltaBench bench = new DeltaBench(Distribution.built(), source, arguments);
    return bench.large ? bench.large() : bench.corpus();
  }

  private boolean large() throws IOException, InterruptedException {
    Pair pair = Corpus.large(source, directory.resolveSibling(directory.getFileName() + "-large"));
    List<String> lines = new LargeContest(distribution).on(pair);
    lines.forEach(out::println);
    return lines.stream().noneMatch(line -> line.startsWith("MISS"));
  }

  private boolean corpus() throws Exception {
    List<Pair> pairs = pairs().stream().filter(pair -> pair.name().startsWith(only)).toList();
    List<Outcome> outcomes = contest(pairs);
    List<Outcome> models = outcomes.stream().filter(one -> one.pair().isModel()).toList();
    List<Speed> warm = new WarmApply().measure(models.stream().map(Outcome::pair).toList());
    Report report = new Report(outcomes, warm);
    out.println();
    out.println(report.costs());
    boolean fast = true;
    String speed = "";
    if (!warm.isEmpty()) {
      Speeds speeds = new Speeds(warm, models);
      fast = speeds.holds();
      speed = speeds.text();
      out.println(speed);
    }
    if (json) {
      System.out.println(report.json());
    }
    if (only.isEmpty() && !ownPairs) {
      Files.writeString(source.resolve("docs/delta-sizes.svg"), SizePlot.of(outcomes));
      document(report, speed);
    }
    return fast && report.holds();
  }

  private List<Pair> pairs() throws IOException, InterruptedException {
    if (ownPairs) {
      return Corpus.read(directory);
    }
    out.println("making the corpus, unless it is there (the first time takes some minutes)");
    return Corpus.trained(source, directory);
  }

  private List<Outcome> contest(List<Pair> pairs) throws IOException, InterruptedException {
    Path results = directory.resolve("results.json");
    Contest contest =
        new Contest(
            Peers.all(distribution), keepPeers ? EarlierRun.read(results) : EarlierRun.none());
    List<Outcome> outcomes = new ArrayList<>();
    for (Pair pair : pairs) {
      Outcome outcome = contest.on(pair);
      outcomes.add(outcome);
      // The columns are everybody's, also those of whoever does not take this pair.
      Report sofar = new Report(outcomes);
      if (outcomes.size() == 1) {
        out.println(sofar.heading());
      }
      out.println(sofar.line(outcome));
      if (only.isEmpty()) {
        Files.writeString(results, sofar.json());
      }
    }
    return outcomes;
  }

  /** What a person wrote about the tables stays; the tables after it are these. */
  private void document(Report report, String speed) throws IOException {
    Path file = source.resolve("docs/delta.md");
    String before = Files.readString(file);
    int begin = before.indexOf(BEGIN);
    if (begin < 0) {
      throw new IOException(file + " lacks the line " + BEGIN);
    }
    String tables = PICTURE + "\n\n" + speed + "\n\n" + report.markdown();
    Files.writeString(file, before.substring(0, begin) + BEGIN + "\n\n" + tables);
  }
}
