// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.release;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.SecretMemory;
import dev.bartizan.crypto.envelope.KeyEnvelope;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.protocol.custody.FleetKeys;
import dev.bartizan.protocol.release.DevicePolicy;
import dev.bartizan.protocol.release.EnvelopePath;
import dev.bartizan.protocol.release.ReleaseName;
import dev.bartizan.protocol.release.SilenceRule;
import dev.bartizan.protocol.release.UpdateTimes;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A fleet's server becomes known to an author, and through him to devices. */
class FleetAcceptanceTest {
  private static final SilenceRule STOP =
      new SilenceRule(SilenceRule.Reaction.STOP_SERVING, 5, Duration.ofHours(1));

  private static final ReleaseName RELEASE = new ReleaseName("defect", "1.0.0");

  @TempDir private Path folder;

  private TestAuthor alone() throws Exception {
    return TestAuthor.alone(folder.resolve("author"));
  }

  private static DevicePolicy policy(TestAuthor author) throws Exception {
    return DevicePolicy.parse(new AsServed(author).document(DevicePolicy.TARGET));
  }

  private static void release(TestAuthor author) throws Exception {
    author.author().release(author.draft("1.0.0", author.file("model", new byte[] {1, 2, 3})));
  }

  @Test
  void theFirstPolicyObeysTheFleetAndAllowsNothingElse() throws Exception {
    TestAuthor author = alone();
    author.accept(author.fleet(), false);
    DevicePolicy policy = policy(author);
    assertEquals(Set.of(), policy.models());
    assertFalse(policy.serveUnknownBoot(), "what is unknown is not good");
    assertFalse(policy.updatesAlone());
    assertEquals(
        author.fleet().keys().commandKey().kid(), policy.commandKeys().keys().get(0).key().kid());
    assertTrue(policy.commandKeys().keys().get(0).commands().contains("rollback"));
  }

  @Test
  void aPolicyThatIsThereKeepsWhatItAllows() throws Exception {
    TestAuthor author = alone();
    new SignedDocuments(author.directory(), author.repository())
        .policy(Set.of("defect"), true, false, Set.of(), UpdateTimes.ANY, STOP);
    assertEquals(List.of(), policy(author).commandKeys().keys());
    author.accept(author.fleet(), false);
    assertEquals(Set.of("defect"), policy(author).models());
    assertTrue(policy(author).updatesAlone());
    assertEquals(STOP, policy(author).silence());
    assertEquals(1, policy(author).commandKeys().keys().size());
  }

  @Test
  void aFleetThatComesLaterGetsTheKeysOfEarlierReleases() throws Exception {
    TestAuthor author = alone();
    release(author);
    assertEquals(1, author.accept(author.fleet(), false));
    author.accept(new TestFleet("other.example", TestAuthor.NOW), false);
    Path key = author.directory().path("releases/defect/1.0.0/content.key");
    assertEquals(
        new AsServed(author).keyBytes("1.0.0"), Bytes.of(java.nio.file.Files.readAllBytes(key)));
    assertEquals(2, policy(author).commandKeys().keys().size());
  }

  /** Attack: another's keys are handed in under the name of a fleet that is known. */
  @Test
  void otherKeysOfAKnownFleetAreTakenOnRequestOnly() throws Exception {
    TestAuthor author = alone();
    author.accept(author.fleet(), false);
    Map<String, Digest> before = author.everything();
    TestFleet stranger = new TestFleet(TestAuthor.TRUST_DOMAIN, TestAuthor.NOW);
    ReleaseRefusal refusal =
        assertThrows(ReleaseRefusal.class, () -> author.accept(stranger, false));
    assertEquals("EXISTS", refusal.code());
    assertEquals(before, author.everything());
    author.accept(stranger, true);
    assertEquals(
        stranger.keys().commandKey().kid(), policy(author).commandKeys().keys().get(0).key().kid());
    assertEquals(1, policy(author).commandKeys().keys().size());
  }

  @Test
  void aKeyBrokerOfAnotherAuthorityIsRefusedWhenItIsRead() throws Exception {
    FleetKeys one = alone().fleet().keys();
    String other =
        new String(
            new TestFleet("other.example", TestAuthor.NOW).keys().toJson(), StandardCharsets.UTF_8);
    String mixed =
        other.replaceFirst(
            "(\"key_broker\" : \")[^\"]*",
            "$1"
                + java.util.regex.Matcher.quoteReplacement(
                    dev.bartizan.crypto.pem.Pem.ofCertificates(List.of(one.keyBroker()))
                        .replace("\n", "\\n")));
    Malformed refusal =
        assertThrows(
            Malformed.class,
            () -> FleetKeys.read(mixed.getBytes(StandardCharsets.UTF_8), "fleet-keys.json"));
    assertTrue(refusal.getMessage().contains("key_broker"), refusal.getMessage());
    assertEquals(one, FleetKeys.read(one.toJson(), "fleet-keys.json"));
  }

  @Test
  void nothingIsWrappedToACertificateThatHasRunOut() throws Exception {
    TestAuthor author = alone();
    release(author);
    TestFleet late = new TestFleet("late.example", TestAuthor.NOW, Duration.ofSeconds(-30));
    ReleaseRefusal refusal = assertThrows(ReleaseRefusal.class, () -> author.accept(late, false));
    assertEquals("EXPIRED", refusal.code());
  }

  @Test
  void aDeviceNamedByTheAuthorOpensItWithoutAServer() throws Exception {
    TestAuthor author = TestAuthor.founded(folder.resolve("author"));
    release(author);
    TestFleet.Enrolled device = author.fleet().enrol(1);
    Map<String, Bytes> envelopes = author.wrapping().toDevices(RELEASE, List.of(device.unwrap()));
    Digest release = Digest.of(new AsServed(author).document(RELEASE.modelTarget()));
    Bytes envelope = envelopes.get(EnvelopePath.of(release, device.ueid()));
    try (SecretBytes key =
        KeyEnvelope.parse(Objects.requireNonNull(envelope).toArray())
            .open(device.unwrap(), device::agree, SecretMemory.ordinary())) {
      assertEquals(new AsServed(author).keyBytes("1.0.0"), key.reveal(Bytes::of));
    }
  }

  /** Attack: a certificate with a device's name, by an authority of the attacker's own. */
  @Test
  void aDeviceOfNoKnownFleetGetsNoKey() throws Exception {
    TestAuthor author = TestAuthor.founded(folder.resolve("author"));
    release(author);
    TestFleet.Enrolled forged = new TestFleet(TestAuthor.TRUST_DOMAIN, TestAuthor.NOW).enrol(1);
    ReleaseRefusal refusal =
        assertThrows(
            ReleaseRefusal.class,
            () -> author.wrapping().toDevices(RELEASE, List.of(forged.unwrap())));
    assertEquals("UNKNOWN_DEVICE", refusal.code());
  }
}
