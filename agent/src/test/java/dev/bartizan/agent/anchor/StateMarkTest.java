package dev.bartizan.agent.anchor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.keystore.StateAnchor;
import dev.bartizan.updater.install.HistoryHead;
import org.junit.jupiter.api.Test;

class StateMarkTest {
  private static final HistoryHead HEAD = new HistoryHead(7, Digest.of(new byte[] {7}));

  @Test
  void aMarkIsReadAsItWasWrittenAndFitsIntoAnAnchor() {
    StateMark mark = new StateMark(1, 2, 3, HEAD);
    assertEquals(mark, StateMark.decode(mark.encode()));
    assertTrue(mark.encode().length() <= StateAnchor.MAX_LENGTH);
  }

  @Test
  void whatIsNoMarkIsRefused() {
    byte[] other = new StateMark(1, 2, 3, HEAD).encode().toArray();
    other[0] = 9;
    for (byte[] bad : new byte[][] {{}, {1}, other}) {
      assertThrows(IllegalArgumentException.class, () -> StateMark.decode(Bytes.of(bad)));
    }
  }

  @Test
  void anyVersionThatIsLowerMakesMetadataOlderUnlessTheRootIsNewer() {
    StateMark mark = new StateMark(2, 5, 5, HEAD);
    assertFalse(mark.metadataIsOlderThan(mark));
    assertFalse(new StateMark(2, 6, 5, HEAD).metadataIsOlderThan(mark));
    assertTrue(new StateMark(2, 4, 9, HEAD).metadataIsOlderThan(mark));
    assertTrue(new StateMark(2, 9, 4, HEAD).metadataIsOlderThan(mark));
    assertTrue(new StateMark(1, 9, 9, HEAD).metadataIsOlderThan(mark));
    assertFalse(new StateMark(3, 1, 1, HEAD).metadataIsOlderThan(mark));
  }
}
