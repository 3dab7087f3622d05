// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.deltas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.systemtest.deltas.Contender.Measured;
import dev.bartizan.systemtest.deltas.Contender.Sort;
import dev.bartizan.systemtest.deltas.Pair.Kind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The harness: who cheats is found out, who is too large misses. */
final class ContestTest {
  private static final Timed MOMENT = Timed.parse("0.10 0.05 0.02 2048\n");

  @TempDir Path folder;

  @Test
  void aContenderThatRebuildsAnotherFileEndsTheContest() throws Exception {
    Pair pair = pair(Kind.ANY);
    Contest contest =
        new Contest(List.of(new Fake("cheat", Sort.BYTES, 1, "wrong")), EarlierRun.none());
    IOException refused = assertThrows(IOException.class, () -> contest.on(pair));
    String said = String.valueOf(refused.getMessage());
    assertTrue(said.contains("cheat rebuilt another file"), said);
  }

  @Test
  void aSizeIsComparedWithThePeerThatThePairsKindNames() throws Exception {
    assertTrue(verdict(Kind.SMALL, 920).holds());
    assertFalse(verdict(Kind.SMALL, 921).holds());
    assertTrue(verdict(Kind.FAR, 970).holds());
    assertFalse(verdict(Kind.FAR, 971).holds());
    assertTrue(verdict(Kind.DERIVED, 225).holds());
    assertFalse(verdict(Kind.DERIVED, 226).holds());
    assertTrue(verdict(Kind.PRUNED, 540).holds());
    assertFalse(verdict(Kind.PRUNED, 541).holds());
    assertTrue(verdict(Kind.SCRATCH, 1500).holds());
    assertFalse(verdict(Kind.SCRATCH, 1501).holds());
    assertTrue(verdict(Kind.SAME, 1156).holds());
    assertFalse(verdict(Kind.SAME, 1157).holds());
    assertTrue(verdict(Kind.ANY, 1165).holds());
    assertFalse(verdict(Kind.ANY, 1166).holds());
  }

  @Test
  void aMissIsSaidInEveryForm() throws Exception {
    Report report = new Report(List.of(outcome(Kind.SMALL, 5000)));
    assertFalse(report.holds());
    assertTrue(report.line(outcome(Kind.SMALL, 5000)).contains("MISS"));
    assertTrue(report.markdown().contains("**no**"), report.markdown());
    assertTrue(report.json().contains("\"holds\" : false"));
  }

  @Test
  void thePictureIsWellFormedWhateverAPairIsCalled() throws Exception {
    Outcome plain = outcome(Kind.SMALL, 500);
    Pair odd =
        new Pair("a&b", plain.pair().old(), plain.pair().next(), "what", plain.pair().kind());
    String svg = SizePlot.of(List.of(new Outcome(odd, plain.length(), plain.results())));
    var document =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    assertEquals("svg", document.getDocumentElement().getTagName());
    assertTrue(svg.contains("a&amp;b"));
  }

  /** The best byte tool needs 900, the best tensor-aware peer 1000, one without base 1500. */
  private Verdict verdict(Kind kind, long ours) throws Exception {
    return Verdict.onKind(outcome(kind, ours));
  }

  private Outcome outcome(Kind kind, long ours) throws Exception {
    return new Contest(
            List.of(
                new Fake(Peers.OURS, Sort.OURS, ours, "new"),
                new Fake("bytes", Sort.BYTES, 900, "new"),
                new Fake("tensors", Sort.TENSORS, 1000, "new"),
                new Fake(Peers.ALONE, Sort.TENSORS, 1500, "new")),
            EarlierRun.none())
        .on(pair(kind));
  }

  private Pair pair(Kind kind) throws IOException {
    Path old = Files.writeString(folder.resolve("old"), "old");
    Path next = Files.writeString(folder.resolve("new"), "new");
    return new Pair("pair", old, next, "what", kind);
  }

  /** Says it needed so many bytes, and rebuilds this. */
  private record Fake(String name, Sort sort, long bytes, String rebuilds) implements Contender {
    @Override
    public Measured run(Pair pair, Path out, Path work) throws IOException {
      Files.writeString(out, rebuilds);
      return new Measured(bytes, MOMENT, MOMENT);
    }
  }
}
