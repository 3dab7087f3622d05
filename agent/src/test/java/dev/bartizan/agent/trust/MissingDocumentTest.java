// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.agent.config.LogFiles;
import dev.bartizan.agent.identity.KeystoreBlobs;
import dev.bartizan.agent.report.ActiveAlarms;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.boot.ChainVerdict;
import dev.bartizan.crypto.boot.Verdict;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.keystore.SoftwareKeystore;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.protocol.command.CommandKeys;
import dev.bartizan.protocol.release.DevicePolicy;
import dev.bartizan.protocol.release.ReferenceTargets;
import dev.bartizan.protocol.release.SoftwareManifest;
import dev.bartizan.protocol.release.UpdateTimes;
import dev.bartizan.updater.disk.DurableFile;
import dev.bartizan.updater.disk.FakeDisk;
import dev.bartizan.updater.documents.SignedDocuments;
import dev.bartizan.updater.documents.TrustedDocuments;
import dev.bartizan.updater.software.Installation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A signed document that is deleted from a device which cannot ask for it again: closed, under the
 * most lenient policy there is. Without it, what was bad would only be unknown.
 */
class MissingDocumentTest {
  private static final String PROFILE = "default";

  private final SignedDocuments fleet = new SignedDocuments();
  private final FakeDisk disk = new FakeDisk();
  private final Map<String, String> signed = new TreeMap<>();
  private final ExecutorService workers = Executors.newSingleThreadExecutor();
  private final ActiveAlarms alarms = new ActiveAlarms();
  @TempDir private Path home;

  @SuppressWarnings("NullAway.Init")
  private DeviceKeystore keystore;

  @BeforeEach
  void aDeviceOfWhichEverythingIsSigned() throws Exception {
    byte[] password = "for a test".getBytes(StandardCharsets.US_ASCII);
    keystore =
        SoftwareKeystore.create(
            new KeystoreBlobs(disk), () -> SecretBytes.take(password.clone()), new SecureRandom());
    for (String part : List.of("bin", "lib")) {
      Files.writeString(Files.createDirectories(home.resolve(part)).resolve("a"), part);
    }
    DevicePolicy lenient =
        new DevicePolicy(
            new CommandKeys(List.of()), Set.of("m"), true, true, Set.of(), UpdateTimes.ANY);
    SoftwareManifest software =
        new SoftwareManifest(installation().release(), installation().files(Digest::sha256));
    sign(DevicePolicy.TARGET, lenient.toJson());
    sign(installation().release().softwareTarget(), software.toJson());
    sign(ReferenceTargets.values(PROFILE), "{}".getBytes(StandardCharsets.UTF_8));
    sign(ReferenceTargets.approvals(PROFILE), "[]".getBytes(StandardCharsets.UTF_8));
    fleet.device(disk).refresh(List.copyOf(signed.keySet()));
    fleet.cutOff();
  }

  @AfterEach
  void stop() {
    workers.shutdown();
  }

  private void sign(String path, byte[] document) {
    String content = new String(document, StandardCharsets.UTF_8);
    fleet.publish(path, content);
    signed.put(path, content);
  }

  private Installation installation() {
    return new Installation(home, "0.1.0");
  }

  private TrustedDocuments started() throws Exception {
    TrustedDocuments documents = fleet.device(disk);
    documents.load();
    return documents;
  }

  private BootCheck bootCheck(TrustedDocuments documents) {
    LogFiles none = new LogFiles(home.resolve("no-log"), home.resolve("no-log"));
    return new BootCheck(
        keystore.protection().kind(),
        new BootEvidence(keystore, PcrSelection.parse("sha256:0,7"), none, Optional::empty),
        new OwnFiles(installation(), Digest::sha256, workers),
        documents,
        PROFILE);
  }

  private Policy policy(TrustedDocuments documents) throws Exception {
    Policy policy = new Policy(documents, alarms);
    policy.renew();
    return policy;
  }

  @Test
  void aDeviceThatHasAllIsUnknownForItsKeystoreAloneAndServes() throws Exception {
    ChainVerdict verdict = bootCheck(started()).examine();
    assertEquals(Verdict.UNKNOWN, verdict.overall(), verdict.faults());
    assertTrue(policy(started()).allowsServing(verdict.overall()));
  }

  // Attack: omission, of each document that a device lives by.
  @Test
  void eachThatIsDeletedIsBadByNameAndNothingIsServed() throws Exception {
    for (Map.Entry<String, String> document : signed.entrySet()) {
      String path = document.getKey();
      DurableFile.delete(disk, SignedDocuments.file(document.getValue()));

      ChainVerdict verdict = bootCheck(started()).examine();

      assertEquals(Verdict.BAD, verdict.overall(), path);
      assertTrue(verdict.faults().contains(path), verdict.faults());
      assertFalse(policy(started()).allowsServing(verdict.overall()), path);
      byte[] content = document.getValue().getBytes(StandardCharsets.UTF_8);
      DurableFile.replace(disk, SignedDocuments.file(document.getValue()), content);
    }
  }

  // Attack: omission; what the policy forbids is not known, and so nothing is allowed at all.
  @Test
  void withoutTheSignedPolicyNothingIsOrderedWhateverTheBootIs() throws Exception {
    DurableFile.delete(disk, SignedDocuments.file(signed.getOrDefault(DevicePolicy.TARGET, "")));

    Policy policy = policy(started());

    assertTrue(policy.isMissing());
    assertEquals(Optional.empty(), policy.commandKeys());
    for (Verdict boot : Verdict.values()) {
      assertFalse(policy.allowsServing(boot), boot.text());
    }
    assertTrue(alarms.all().getOrDefault("policy", "").contains("DOCUMENT_MISSING"));
  }
}
