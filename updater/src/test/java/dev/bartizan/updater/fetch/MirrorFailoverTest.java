// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.bartizan.updater.fetch.FetchRefusal.Reason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MirrorFailoverTest {
  private final List<String> asked = new ArrayList<>();

  private Mirror mirror(String name) {
    return new Mirror(
        name,
        (path, offset, count) -> {
          throw new IOException("not asked in this test");
        });
  }

  private MirrorFailover<FetchRefusal> three() {
    return new MirrorFailover<>(List.of(mirror("a"), mirror("b"), mirror("c")));
  }

  private static FetchRefusal refusal(Reason reason) {
    return new FetchRefusal(reason, "file", reason.name());
  }

  @Test
  void whoWasInterruptedIsAskedAgainAfterTheOthers() {
    MirrorFailover<FetchRefusal> mirrors = three();
    for (int turn = 0; turn < 4; turn++) {
      asked.add(mirrors.current().name());
      mirrors.interrupted();
    }
    assertEquals(List.of("a", "b", "c", "a"), asked);
  }

  @Test
  void whoRefusedIsNotAskedAgain() throws Exception {
    MirrorFailover<FetchRefusal> mirrors = three();
    mirrors.interrupted();
    mirrors.refused(refusal(Reason.TOO_LONG));
    for (int turn = 0; turn < 3; turn++) {
      asked.add(mirrors.current().name());
      mirrors.interrupted();
    }
    assertEquals(List.of("c", "a", "c"), asked);
  }

  @Test
  void whenNobodyIsLeftTheFirstReasonCountsAndTheOthersGoWithIt() throws Exception {
    MirrorFailover<FetchRefusal> mirrors = three();
    IOException first = new IOException("away");
    FetchRefusal second = refusal(Reason.SLOW);
    FetchRefusal third = refusal(Reason.TOO_SHORT);
    mirrors.unreachable(first);
    mirrors.refused(second);
    assertSame(first, assertThrows(IOException.class, () -> mirrors.refused(third)));
    assertEquals(List.of(second, third), List.of(first.getSuppressed()));
  }

  @Test
  void aRefusalThatCameFirstIsNotHiddenByAMirrorThatIsAway() throws Exception {
    MirrorFailover<FetchRefusal> mirrors = new MirrorFailover<>(List.of(mirror("a"), mirror("b")));
    FetchRefusal first = refusal(Reason.SLOW);
    mirrors.refused(first);
    assertSame(
        first,
        assertThrows(FetchRefusal.class, () -> mirrors.unreachable(new IOException("away"))));
  }

  @Test
  void whatAnyOtherWouldSayEndsTheSearchWithTheFirstReason() throws Exception {
    FetchRefusal last = refusal(Reason.REJECTED);
    assertSame(last, assertThrows(FetchRefusal.class, () -> three().end(last)));
    MirrorFailover<FetchRefusal> mirrors = three();
    IOException first = new IOException("away");
    mirrors.unreachable(first);
    assertSame(first, assertThrows(IOException.class, () -> mirrors.end(last)));
  }

  @Test
  void withoutMirrorsNobodyIsAsked() {
    assertThrows(IllegalArgumentException.class, () -> new MirrorFailover<>(List.of()));
  }
}
