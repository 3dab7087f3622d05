// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.agent.identity.Credentials;
import dev.bartizan.agent.identity.KeystoreBlobs;
import dev.bartizan.crypto.SecretMemory;
import dev.bartizan.crypto.envelope.KeyEnvelope;
import dev.bartizan.crypto.keystore.Tpm2Keystore;
import dev.bartizan.crypto.tpm.Hierarchy;
import dev.bartizan.crypto.tpm.KeyTemplates;
import dev.bartizan.crypto.tpm.Tpm;
import dev.bartizan.crypto.tpm.TpmAccess;
import dev.bartizan.crypto.tpm.TpmObject;
import dev.bartizan.systemtest.lab.Distribution;
import dev.bartizan.systemtest.lab.FileTree;
import dev.bartizan.systemtest.lab.Lab;
import dev.bartizan.systemtest.lab.Models;
import dev.bartizan.systemtest.lab.Patience;
import dev.bartizan.updater.disk.LinuxDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Attack: a listener on the bus to the chip, from the day the device is enrolled: keys are made,
 * content keys opened, models updated, reports signed.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SecretsOnTheBusIT {
  private static final List<String> VERSIONS = List.of("1.0.0", "1.1.0");

  private static final int ACTIVATE_CREDENTIAL = 0x147;
  private static final int ECDH_ZGEN = 0x154;
  private static final int UNSEAL = 0x15e;
  private static final int QUOTE = 0x158;

  /** TPMA_SESSION: the response's first parameter is encrypted. */
  private static final int ENCRYPT = 1 << 6;

  private Path home = Path.of("");
  private Lab lab;
  private BusTap tap;

  @BeforeAll
  void live() throws Exception {
    home = Files.createTempDirectory("b");
    lab = Lab.founded(Distribution.built(), home);
    Path chip = Path.of(lab.device().chip().addressText().replace("swtpm:", ""));
    tap = BusTap.between(home.resolve("tap.sock"), chip);
    lab.device().useKeystore("tpm = \"swtpm:" + tap.socket() + "\"", "bound_pcrs = \"sha256:7\"");
    lab.enrol();
    lab.release("1.0.0", Models.file("1.0.0"), Models.golden("1.0.0"));
    lab.vouch();
    lab.device().start();
    update("1.0.0");
    lab.release("1.1.0", Models.file("1.1.0"), Models.golden("1.1.0"), "--delta-from", "1.0.0");
    update("1.1.0");
    lab.command("attest", "nonce=" + "5a".repeat(32)).expect(0);
    lab.device().stop();
    lab.device().start();
    Patience.await(
        "the model",
        Duration.ofMinutes(1),
        () -> lab.device().serving(Models.NAME).equals("1.1.0"));
    lab.device().stop();
  }

  private void update(String version) throws Exception {
    lab.command("update", "model=" + Models.NAME, "version=" + version).expect(0);
  }

  @AfterAll
  void switchOff() throws IOException {
    tap.close();
    lab.close();
    FileTree.delete(home);
  }

  @Test
  void noContentKeyAndNothingThatOpensOneWasHeard() throws Exception {
    List<byte[]> secrets = contentKeys();
    secrets.addAll(agreedSecrets());
    assertEquals(2 * VERSIONS.size(), secrets.size());
    assertEquals(0, Needles.shapesOf(secrets.toArray(byte[][]::new)).countIn(tap.everything()));
  }

  /** Without this the one above proves nothing. */
  @Test
  void whatIsPublicWasHeard() throws Exception {
    try (Tpm tpm = lab.device().chip().open();
        TpmObject root = tpm.keys().createPrimary(Hierarchy.OWNER, KeyTemplates.storageRoot())) {
      byte[] name = root.name().value().toArray();
      byte[] digest = Arrays.copyOfRange(name, name.length - 32, name.length);
      assertTrue(Needles.shapesOf(digest).countIn(tap.everything()) > 0);
    }
    assertTrue(exchanges(QUOTE).size() > 0, "no report was signed");
  }

  @Test
  void everySecretAnswerWasEncrypted() {
    assertTrue(exchanges(ACTIVATE_CREDENTIAL).size() > 0, "no enrolment was heard");
    assertTrue(exchanges(ECDH_ZGEN).size() >= VERSIONS.size(), "no content key was opened");
    exchanges(ACTIVATE_CREDENTIAL).forEach(it -> assertTrue(isAnsweredEncrypted(it, 2)));
    exchanges(ECDH_ZGEN).forEach(it -> assertTrue(isAnsweredEncrypted(it, 1)));
    exchanges(UNSEAL).forEach(it -> assertTrue(isAnsweredEncrypted(it, 1)));
  }

  private List<BusTap.Exchange> exchanges(int commandCode) {
    return tap.heard().stream().filter(it -> it.commandCode() == commandCode).toList();
  }

  /** Whether a session asks for it (TPM 2.0 library, part 1, 18.6: the authorization area). */
  private static boolean isAnsweredEncrypted(BusTap.Exchange exchange, int handles) {
    ByteBuffer command = exchange.command().asBuffer().position(10 + handles * Integer.BYTES);
    int end = command.getInt() + command.position();
    boolean encrypted = false;
    while (command.position() < end) {
      command.getInt(); // the session's handle
      skip(command); // its nonce
      encrypted |= (command.get() & ENCRYPT) != 0;
      skip(command); // its HMAC
    }
    return encrypted;
  }

  private static void skip(ByteBuffer sized) {
    int length = sized.getShort();
    sized.position(sized.position() + length);
  }

  private List<byte[]> contentKeys() throws IOException {
    List<byte[]> keys = new ArrayList<>();
    for (String version : VERSIONS) {
      Path release =
          lab.operator().author().resolve("releases").resolve(Models.NAME).resolve(version);
      keys.add(Files.readAllBytes(release.resolve("content.key")));
    }
    return keys;
  }

  /** What the chip answered when the agent had it open the envelopes: asked past the listener. */
  private List<byte[]> agreedSecrets() throws Exception {
    List<byte[]> agreed = new ArrayList<>();
    try (LinuxDisk disk = LinuxDisk.acquire(lab.device().state())) {
      TpmAccess access =
          new TpmAccess(lab.device().chip().address(), new SecureRandom(), pause -> {});
      Tpm2Keystore keystore = Tpm2Keystore.open(access, new KeystoreBlobs(disk));
      Credentials credentials = Credentials.find(disk).orElseThrow();
      for (Path envelope : envelopes()) {
        KeyEnvelope.parse(Files.readAllBytes(envelope))
            .open(
                credentials.unwrapCertificate(),
                ephemeral -> {
                  agreed.add(keystore.agree(ephemeral).reveal(byte[]::clone));
                  return keystore.agree(ephemeral);
                },
                SecretMemory.ordinary())
            .close();
      }
    }
    return agreed;
  }

  private List<Path> envelopes() throws IOException {
    try (Stream<Path> files = Files.walk(lab.operator().envelopes())) {
      return files.filter(file -> file.endsWith(lab.ueid() + ".cms")).toList();
    }
  }
}
