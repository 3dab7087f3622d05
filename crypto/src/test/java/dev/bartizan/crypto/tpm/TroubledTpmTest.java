// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A TPM that is busy, locked, missing, or answers nonsense. */
class TroubledTpmTest {
  private static final PcrSelection PCR = PcrSelection.parse("sha256:0");
  private static final int RETRY = 0x922;
  private static final int LOCKOUT = 0x921;

  private final ScriptedTransport script = new ScriptedTransport();
  private final List<Duration> pauses = new ArrayList<>();

  @Test
  void aBusyTpmIsAskedTheSameAgainAfterLongerAndLongerPauses() throws Exception {
    script.answer(RETRY).answer(RETRY).answer(pcrZero());
    assertEquals(1, read().values().size());
    assertEquals(List.of(Duration.ofMillis(20), Duration.ofMillis(40)), pauses);
    assertArrayEquals(script.commands().get(0), script.commands().get(2));
  }

  @Test
  void aTpmThatStaysBusyIsGivenUpAfterEightTries() {
    script.answer(RETRY);
    assertEquals(TpmFailure.BUSY, failure());
    assertEquals(8, script.commands().size());
    assertEquals(7, pauses.size());
  }

  @Test
  void lockoutIsAStateOfItsOwnAndNeverTriedAgain() {
    script.answer(LOCKOUT);
    TpmException locked = assertThrows(TpmException.class, this::read);
    assertEquals(TpmFailure.LOCKED_OUT, locked.failure());
    assertEquals(1, script.commands().size());
    assertEquals(
        "TPM2_PCR_Read: locked out after wrong passwords or power cuts; wait for the lockout to"
            + " expire, or clear it with tpm2_dictionarylockout --clear-lockout (0x921)",
        locked.getMessage());
  }

  @Test
  void theParameterAtFaultDoesNotHideTheError() {
    for (int responseCode : new int[] {0x09d, 0x99d, 0x1dd, 0x29d}) {
      assertEquals(TpmFailure.POLICY, TpmFailure.of(responseCode));
    }
    assertEquals(TpmFailure.OTHER, TpmFailure.of(0x7ff));
  }

  @Test
  void everyTruncationOfAnAnswerIsTyped() {
    byte[] whole = pcrZero();
    for (int length = 0; length < whole.length; length++) {
      ScriptedTransport cut = new ScriptedTransport();
      cut.answer(java.util.Arrays.copyOf(whole, length));
      TpmException refused = assertThrows(TpmException.class, () -> read(cut));
      assertEquals(TpmFailure.GARBAGE, refused.failure());
    }
  }

  @Test
  void anAnswerWithSomethingBehindItIsRefused() {
    byte[] longer = java.util.Arrays.copyOf(pcrZero(), pcrZero().length + 1);
    longer[5]++;
    script.answer(longer);
    assertEquals(TpmFailure.GARBAGE, failure());
  }

  @Test
  void valuesOfOtherPcrsThanThoseAskedForAreRefused() {
    byte[] other = pcrZero();
    other[10 + 4 + 4 + 3] = 2;
    script.answer(other);
    assertEquals(TpmFailure.GARBAGE, failure());
  }

  @Test
  void aMissingTpmIsSaidToBeMissing(@TempDir Path directory) {
    TpmAddress nowhere = TpmAddress.parse("swtpm:" + directory.resolve("no.sock"));
    assertTrue(assertThrows(IOException.class, nowhere::open).toString().contains("no.sock"));
    TpmAddress noDevice = TpmAddress.parse("/dev/tpm-that-is-not-there");
    assertEquals(
        "no TPM at /dev/tpm-that-is-not-there",
        assertThrows(IOException.class, noDevice::open).getMessage());
  }

  @Test
  void whatIsNoAddressIsRefusedWhenTheConfigurationIsRead() {
    for (String text : List.of("", "tpm", "swtpm:", "swtpm:host", "swtpm:host:port", "swtpm::1")) {
      assertThrows(IllegalArgumentException.class, () -> TpmAddress.parse(text));
    }
    TpmAddress.parse("swtpm:127.0.0.1:2321");
  }

  private PcrValues read() throws IOException {
    return read(script);
  }

  private PcrValues read(TpmTransport transport) throws IOException {
    try (Tpm tpm = Tpm.open(() -> transport, new SecureRandom(), pauses::add)) {
      return tpm.pcrs().read(PCR);
    }
  }

  private TpmFailure failure() {
    return assertThrows(TpmException.class, this::read).failure();
  }

  private static byte[] pcrZero() {
    TpmWriter content = new TpmWriter().u32(7);
    PCR.write(content);
    byte[] parameters = content.u32(1).sized(new byte[32]).toArray();
    TpmWriter out = new TpmWriter().u16(0x8001).u32(10 + parameters.length).u32(0);
    return out.bytes(parameters).toArray();
  }
}
