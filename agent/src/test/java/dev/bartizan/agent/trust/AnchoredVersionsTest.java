// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.keystore.StateAnchor;
import dev.bartizan.updater.install.HistoryHead;
import org.junit.jupiter.api.Test;

class AnchoredVersionsTest {
  private static final Digest ROOT = Digest.of(new byte[] {1});
  private static final Digest SET = Digest.of(new byte[] {2});
  private static final Digest OTHER = Digest.of(new byte[] {3});
  private static final HistoryHead HEAD = new HistoryHead(7, Digest.of(new byte[] {7}));

  @Test
  void aMarkIsReadAsItWasWrittenAndFitsIntoAnAnchor() {
    AnchoredVersions mark = mark(1, 2, 3);
    assertEquals(mark, AnchoredVersions.decode(mark.encode()));
    assertTrue(mark.encode().length() <= StateAnchor.MAX_LENGTH);
  }

  @Test
  void whatIsNoMarkIsRefused() {
    byte[] other = mark(1, 2, 3).encode().toArray();
    other[0] = 9;
    for (byte[] bad : new byte[][] {{}, {1}, other}) {
      assertThrows(IllegalArgumentException.class, () -> AnchoredVersions.decode(Bytes.of(bad)));
    }
  }

  // Attack: rollback.
  @Test
  void anyVersionThatIsLowerMakesMetadataOlderUnlessTheRootIsNewer() {
    AnchoredVersions mark = mark(2, 5, 5);
    assertTrue(mark.metadataGoesOnFrom(mark));
    assertTrue(mark(2, 6, 5).metadataGoesOnFrom(mark));
    assertFalse(mark(2, 4, 9).metadataGoesOnFrom(mark));
    assertFalse(mark(2, 9, 4).metadataGoesOnFrom(mark));
    assertFalse(mark(1, 9, 9).metadataGoesOnFrom(mark));
    assertTrue(mark(3, 1, 1).metadataGoesOnFrom(mark));
  }

  // Attack: mix-and-match, with versions chosen to be those that are anchored.
  @Test
  void otherBytesOfTheSameVersionsDoNotGoOnFromWhatIsAnchored() {
    AnchoredVersions mark = mark(2, 5, 5);
    assertFalse(new AnchoredVersions(2, 5, 5, ROOT, OTHER, HEAD).metadataGoesOnFrom(mark));
    assertFalse(new AnchoredVersions(2, 6, 6, OTHER, OTHER, HEAD).metadataGoesOnFrom(mark));
    assertTrue(new AnchoredVersions(2, 6, 5, ROOT, OTHER, HEAD).metadataGoesOnFrom(mark));
    assertTrue(new AnchoredVersions(3, 5, 5, OTHER, OTHER, HEAD).metadataGoesOnFrom(mark));
  }

  private static AnchoredVersions mark(long root, long timestamp, long snapshot) {
    return new AnchoredVersions(root, timestamp, snapshot, ROOT, SET, HEAD);
  }
}
