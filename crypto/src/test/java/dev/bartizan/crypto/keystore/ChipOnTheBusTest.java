// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import static dev.bartizan.crypto.keystore.ChipKeys.access;
import static dev.bartizan.crypto.keystore.ChipKeys.assertAgrees;
import static dev.bartizan.crypto.keystore.ChipKeys.ephemeral;
import static dev.bartizan.crypto.keystore.ChipKeys.randomBytes;
import static dev.bartizan.crypto.keystore.DeviceKeystoreContract.ecdh;
import static dev.bartizan.crypto.keystore.DeviceKeystoreContract.pair;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.tpm.CommandCode;
import dev.bartizan.crypto.tpm.Credential;
import dev.bartizan.crypto.tpm.EndorsementKind;
import dev.bartizan.crypto.tpm.InterposedAddress;
import dev.bartizan.crypto.tpm.MakeCredential;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.QuoteAttest;
import dev.bartizan.crypto.tpm.RecordingAddress;
import dev.bartizan.crypto.tpm.Swtpm;
import dev.bartizan.crypto.tpm.TpmAddress;
import dev.bartizan.crypto.tpm.TpmException;
import dev.bartizan.crypto.tpm.TpmFailure;
import dev.bartizan.crypto.tpm.TpmPublic;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The bus between processor and chip: listeners, changed answers, impostors, resets. */
class ChipOnTheBusTest {
  private static final PcrSelection BINDING = PcrSelection.parse("sha256:7");
  private static final Bytes NONCE = Bytes.of(new byte[32]);
  private static final SecureRandom RANDOM = new SecureRandom();

  private static Swtpm chip;
  private static Swtpm otherChip;

  private MemoryBlobStore blobs = new MemoryBlobStore();

  @BeforeAll
  static void manufacture() throws IOException {
    chip = Swtpm.manufacture();
    otherChip = Swtpm.manufacture(EndorsementKind.RSA_2048);
  }

  @AfterAll
  static void scrap() {
    chip.close();
    otherChip.close();
  }

  @BeforeEach
  void forgetMeasurements() throws IOException {
    chip.restart();
  }

  private DeviceKeystore created() throws Exception {
    return createdIn(chip);
  }

  private DeviceKeystore reopened() throws Exception {
    return Tpm2Keystore.open(access(chip.address()), blobs);
  }

  private DeviceKeystore createdIn(Swtpm swtpm) throws Exception {
    blobs = new MemoryBlobStore();
    return Tpm2Keystore.create(access(swtpm.address()), blobs, BINDING);
  }

  // Attack: a listener on the bus.
  @Test
  void noSecretCrossesTheWire() throws Exception {
    RecordingAddress wire = new RecordingAddress(chip.address());
    DeviceKeystore keystore = Tpm2Keystore.create(access(wire), blobs, BINDING);
    EnrolmentClaims claims = keystore.enrolmentClaims(NONCE);
    byte[] secret = randomBytes();
    Bytes plain = Bytes.of(secret);
    Credential credential =
        new MakeCredential(RANDOM)
            .challenge(
                TpmPublic.parse(claims.endorsementKey()),
                TpmPublic.parse(claims.attestationKey()).name(),
                SecretBytes.take(secret));
    keystore.activate(credential).close();
    KeyPair sender = pair("secp256r1");
    keystore.agree((ECPublicKey) sender.getPublic()).close();
    assertTrue(wire.carried(NONCE), "the recorder hears what is public");
    assertFalse(wire.carried(plain));
    assertFalse(wire.carried(ecdh(sender, keystore.publicKey(KeyPurpose.UNWRAP))));
  }

  // Attack: somebody on the bus who answers in the chip's place, or changes what it answers.
  @Test
  void aChangedAnswerIsNeverTakenForTheChips() throws Exception {
    created();
    for (CommandCode touched :
        List.of(
            CommandCode.LOAD,
            CommandCode.QUOTE,
            CommandCode.SIGN,
            CommandCode.PCR_EXTEND,
            CommandCode.ECDH_ZGEN)) {
      DeviceKeystore keystore =
          Tpm2Keystore.open(
              access(
                  new InterposedAddress(
                      chip.address(),
                      (code, answer) -> code == touched ? flipped(code, answer) : answer)),
              blobs);
      TpmException refused =
          assertThrows(
              TpmException.class,
              () -> {
                keystore.quote(BINDING, NONCE);
                keystore.agree(ephemeral()).close();
                keystore.signDigest(Digest.of(NONCE.toArray()));
                keystore.measure(23, Digest.of(NONCE.toArray()));
              });
      assertEquals(touched, refused.command());
      assertEquals(TpmFailure.NOT_AUTHENTIC, refused.failure());
    }
  }

  // Attack: another chip that claims to have the pinned storage root key.
  @Test
  void aChipThatOnlyShowsTheRightPublicKeyIsNotTalkedTo() throws Exception {
    created();
    List<byte[]> shown = new ArrayList<>();
    TpmAddress listener =
        new InterposedAddress(
            chip.address(),
            (code, answer) -> {
              if (code == CommandCode.READ_PUBLIC) {
                shown.add(answer);
              }
              return answer;
            });
    Tpm2Keystore.open(access(listener), blobs);
    MemoryBlobStore own = blobs;
    createdIn(otherChip);
    TpmAddress impostor =
        new InterposedAddress(
            otherChip.address(),
            (code, answer) -> code == CommandCode.READ_PUBLIC ? shown.get(0) : answer);
    DeviceKeystore keystore = Tpm2Keystore.open(access(impostor), own);
    assertThrows(IOException.class, () -> keystore.signDigest(Digest.of(NONCE.toArray())));
    assertThrows(IOException.class, () -> keystore.agree(ephemeral()));
  }

  // A reset takes sessions and loaded keys away, whichever command it comes after.
  @Test
  void aChipThatIsResetAfterAnyCommandOpensNothingThenAndEverythingAfterwards() throws Exception {
    created();
    int commands = commandsUntilReset(Integer.MAX_VALUE);
    assertTrue(commands > 6, commands + " commands");
    for (int reset = 1; reset < commands; reset++) {
      commandsUntilReset(reset);
      assertAgrees(reopened());
    }
  }

  /** Agrees on a secret with a chip that is reset after so many commands; how many there were. */
  private int commandsUntilReset(int reset) throws Exception {
    List<CommandCode> commands = new ArrayList<>();
    TpmAddress interrupted =
        new InterposedAddress(
            chip.address(),
            (code, answer) -> {
              commands.add(code);
              if (commands.size() == reset) {
                resetChip();
              }
              return answer;
            });
    List<Integer> conversations = new ArrayList<>();
    TpmAddress counted =
        () -> {
          conversations.add(commands.size());
          return interrupted.open();
        };
    try {
      Tpm2Keystore.open(access(counted), blobs).agree(ephemeral()).close();
      int begun = conversations.get(conversations.size() - 1);
      int agreed = commands.indexOf(CommandCode.ECDH_ZGEN) + 1;
      assertTrue(reset <= begun || reset >= agreed, "agreed through the reset after " + reset);
    } catch (IOException reported) {
      assertTrue(commands.size() >= reset, String.valueOf(reported.getMessage()));
    }
    return commands.size();
  }

  private static void resetChip() {
    try {
      chip.restart();
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  // Power cuts after each use of a key count as wrong passwords, unless the key is exempt.
  @Test
  void fivePowerCutsAfterUsesOfTheKeysDoNotLockTheChip() throws Exception {
    created();
    for (int cut = 0; cut < 5; cut++) {
      DeviceKeystore keystore = reopened();
      keystore.signDigest(Digest.of(NONCE.toArray()));
      keystore.quote(BINDING, NONCE);
      assertAgrees(keystore);
      chip.restart();
    }
    QuoteAttest after = QuoteAttest.parse(reopened().quote(BINDING, NONCE).attest());
    assertTrue(after.header().clock().resetCount() >= 5);
  }

  /** Changes the last byte of the parameters; where there are none, the first of the nonce. */
  private static byte[] flipped(CommandCode code, byte[] answer) {
    int authorisation = 2 + 32 + 1 + 2 + 32;
    int nonce = answer.length - authorisation + 2;
    byte[] changed = answer.clone();
    changed[code == CommandCode.PCR_EXTEND ? nonce : answer.length - authorisation - 1] ^= 1;
    return changed;
  }
}
