// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.bad;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.fleet.credential.OperatorKeys;
import dev.bartizan.protocol.command.Audience;
import dev.bartizan.protocol.command.Command;
import dev.bartizan.protocol.jws.StatementSigner;
import dev.bartizan.updater.disk.SharedDirectory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Commands that must not be obeyed: nothing happens, and who may know learns why. */
class BadCommandIT extends OneDevice {
  private final String id = UUID.randomUUID().toString();
  private long entries;

  @BeforeEach
  void countHistory() throws Exception {
    entries = historyEntries();
  }

  @AfterEach
  void nothingHappened() throws Exception {
    assertServes("1.0.0");
    assertEquals(entries, historyEntries());
  }

  private long historyEntries() throws Exception {
    return device().status().path("history").path("entries").asLong();
  }

  /** Attack: whoever holds the broker founds a fleet of his own and signs with its key. */
  @Test
  void aCommandSignedByAnotherFleetIsNotObeyed() throws Exception {
    OperatorKeys strangers = new OperatorKeys(new SharedDirectory(home().resolve("stranger")));
    strangers.create(OperatorKeys.COMMAND, new SecureRandom());

    send(rollbackIn(Duration.ZERO, us()), strangers.signer(OperatorKeys.COMMAND));

    assertRefused("UNKNOWN_KEY");
  }

  /** Attack: the signature of one command under the words of another. */
  @Test
  void aCommandWhoseWordsWereChangedIsNotObeyed() throws Exception {
    String signed = sign(rollbackIn(Duration.ZERO, us()), operator());
    String other = sign(rollbackIn(Duration.ofMinutes(-1), us()), operator());
    String signature = signed.substring(signed.lastIndexOf('.'));

    lab().eavesdropper().send(lab().ueid(), other.substring(0, other.lastIndexOf('.')) + signature);

    assertRefused("BAD_SIGNATURE");
  }

  @Test
  void aCommandThatExpiredIsNotObeyed() throws Exception {
    send(rollbackIn(Duration.ofHours(-2), us()), operator());

    assertRefused("EXPIRED");
  }

  /** Attack: a command to one device, led to another. */
  @Test
  void aCommandToAnotherDeviceIsNotObeyed() throws Exception {
    Ueid other = Ueid.of(Digest.of(new byte[1]));
    send(rollbackIn(Duration.ZERO, other), operator());

    assertRefused("WRONG_AUDIENCE");
  }

  @Test
  void rubbishInPlaceOfACommandIsNotObeyed() throws Exception {
    lab().eavesdropper().send(lab().ueid(), "{\"name\":\"rollback\"}");

    assertRefused("MALFORMED");
  }

  @Test
  void aCommandThatNobodyKnowsIsAnsweredWithANo() throws Exception {
    assertAnswer(lab().command("dance"), "NOT_AUTHORISED", "dance");
  }

  @Test
  void anUpdateWithoutAModelIsAnsweredWithANo() throws Exception {
    assertAnswer(lab().command("update", "version=1.0.0"), "MALFORMED", "update", "model");
  }

  @Test
  void anUpdateToAVersionThatIsNotSignedIsAnsweredWithANo() throws Exception {
    assertAnswer(update("9.9.9"), "WRONG_TARGET", "models/" + MODEL + "/9.9.9");
    assertOneLine(1, device().run("update", MODEL, "9.9.9", "--check"), "9.9.9");
  }

  @Test
  void aRollbackWithNothingToGoBackToIsAnsweredWithANo() throws Exception {
    assertAnswer(lab().command("rollback", "model=" + MODEL), "NO_PREVIOUS", MODEL);
    assertOneLine(1, device().run("rollback", MODEL), "NO_PREVIOUS", MODEL);
  }

  @Test
  void whileTheRepositoryIsDownAnUpdateCannotBeDoneNow() throws Exception {
    lab().web().stop();
    try {
      assertAnswer(update("1.0.0"), "NOT_NOW", lab().repositoryUrl());
    } finally {
      lab().web().restart();
    }
    assertAnswer(update("1.0.0"), "ALREADY_ACTIVE", "1.0.0");
  }

  private Ueid us() {
    return Ueid.parse(lab().ueid());
  }

  private Command rollbackIn(Duration fromNow, Ueid device) {
    Instant from = Instant.now().plus(fromNow).truncatedTo(ChronoUnit.SECONDS);
    return new Command(
        "demo.example",
        Audience.device(device),
        id,
        from,
        from.plus(Duration.ofHours(1)),
        "rollback",
        Map.of("model", MODEL));
  }

  private StatementSigner operator() throws Exception {
    SharedDirectory directory = new SharedDirectory(lab().operator().directory());
    return new OperatorKeys(directory).signer(OperatorKeys.COMMAND);
  }

  private static String sign(Command command, StatementSigner signer) throws Exception {
    return new String(command.sign(signer), StandardCharsets.US_ASCII);
  }

  private void send(Command command, StatementSigner signer) throws Exception {
    lab().eavesdropper().send(lab().ueid(), sign(command, signer));
  }

  /** The log says so in one line, and the device does not keep the command. */
  private void assertRefused(String code) throws Exception {
    await("the refusal " + code, () -> device().log().contains("<4>command: " + code + ": "));
    Path inbox = device().state().resolve("inbox");
    assertFalse(Files.readString(inbox).contains(id), "the command was kept");
    assertFalse(device().log().contains("\tat "), "a stack trace in the log");
  }
}
