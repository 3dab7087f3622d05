// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.agent.config.LogFiles;
import dev.bartizan.agent.identity.KeystoreBlobs;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.boot.ChainVerdict;
import dev.bartizan.crypto.boot.Link;
import dev.bartizan.crypto.boot.Verdict;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.keystore.Protection;
import dev.bartizan.crypto.keystore.SoftwareKeystore;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.protocol.command.CommandKeys;
import dev.bartizan.protocol.release.DevicePolicy;
import dev.bartizan.protocol.release.SoftwareManifest;
import dev.bartizan.protocol.release.UpdateTimes;
import dev.bartizan.updater.disk.FakeDisk;
import dev.bartizan.updater.disk.FileName;
import dev.bartizan.updater.documents.SignedDocuments;
import dev.bartizan.updater.documents.TrustedDocuments;
import dev.bartizan.updater.software.Installation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent's own files and its keystore, against what the fleet has signed of them. */
class BootCheckTest {
  private final SignedDocuments fleet = new SignedDocuments();
  private final FakeDisk disk = new FakeDisk();
  private final ExecutorService workers = Executors.newSingleThreadExecutor();
  @TempDir private Path home;

  @SuppressWarnings("NullAway.Init")
  private DeviceKeystore keystore;

  @BeforeEach
  void anInstallationAndKeysInSoftware() throws Exception {
    byte[] password = "for a test".getBytes(StandardCharsets.US_ASCII);
    keystore =
        SoftwareKeystore.create(
            new KeystoreBlobs(disk), () -> SecretBytes.take(password.clone()), new SecureRandom());
    for (String part : List.of("bin", "lib")) {
      Files.writeString(Files.createDirectories(home.resolve(part)).resolve("a"), part);
    }
  }

  @AfterEach
  void stop() {
    workers.shutdown();
  }

  private Installation installation() {
    return new Installation(home, "0.1.0");
  }

  private void signTheFilesAsTheyAre() throws Exception {
    SoftwareManifest manifest =
        new SoftwareManifest(installation().release(), installation().files(Digest::sha256));
    fleet.publish(
        installation().release().softwareTarget(),
        new String(manifest.toJson(), StandardCharsets.UTF_8));
  }

  private void signAPolicyFor(Protection.Kind... keystores) throws Exception {
    DevicePolicy policy =
        new DevicePolicy(
            new CommandKeys(List.of()), Set.of(), true, true, Set.of(keystores), UpdateTimes.ANY);
    fleet.publish(DevicePolicy.TARGET, new String(policy.toJson(), StandardCharsets.UTF_8));
  }

  private BootCheck check() throws Exception {
    TrustedDocuments documents = fleet.device(disk);
    LogFiles none = new LogFiles(home.resolve("no-log"), home.resolve("no-log"));
    BootCheck check =
        new BootCheck(
            keystore.protection().kind(),
            new BootEvidence(keystore, PcrSelection.parse("sha256:0,7"), none, Optional::empty),
            new OwnFiles(installation(), Digest::sha256, workers),
            documents,
            "default");
    documents.refresh(check.documents());
    return check;
  }

  private static Verdict of(ChainVerdict chain, String link) {
    return chain.links().stream()
        .filter(it -> it.name().equals(link))
        .map(Link::verdict)
        .findFirst()
        .orElseThrow(() -> new AssertionError(link + " is not in " + chain));
  }

  @Test
  void withoutASignedManifestTheFilesAreUnknownAndNotGood() throws Exception {
    assertEquals(Verdict.UNKNOWN, of(check().examine(), "agent files"));
  }

  @Test
  void filesAsTheyWereSignedAreGoodOneByOne() throws Exception {
    signTheFilesAsTheyAre();
    ChainVerdict verdict = check().examine();
    assertEquals(Verdict.GOOD, of(verdict, "file bin/a"));
    assertEquals(Verdict.GOOD, of(verdict, "file lib/a"));
  }

  // Attack: change, add and take away files of the agent.
  @Test
  void aFileThatWasChangedAddedOrTakenAwayIsBadByName() throws Exception {
    signTheFilesAsTheyAre();
    BootCheck check = check();
    Files.writeString(home.resolve("bin/a"), "other");
    Files.writeString(home.resolve("lib/b"), "new");
    Files.delete(home.resolve("lib/a"));
    ChainVerdict verdict = check.examine();
    assertEquals(Verdict.BAD, of(verdict, "file bin/a"));
    assertEquals(Verdict.BAD, of(verdict, "file lib/b"));
    assertEquals(Verdict.BAD, of(verdict, "file lib/a"));
    assertEquals(Verdict.BAD, verdict.overall());
  }

  @Test
  void whatIsMeasuredOfTheProgramIsWhatIsJudged() throws Exception {
    signTheFilesAsTheyAre();
    BootCheck check = check();
    check.begin();
    Digest measured = check.ownFiles().digest();
    Files.writeString(home.resolve("bin/a"), "changed after it was measured");
    assertEquals(Verdict.GOOD, of(check.examine(), "file bin/a"));
    assertEquals(Verdict.BAD, of(check.examine(), "file bin/a"));
    assertTrue(!measured.equals(check.ownFiles().digest()));
  }

  @Test
  void aNewTimestampAndOtherPeoplesDocumentsAreNoReasonToJudgeAnew() throws Exception {
    signAPolicyFor(Protection.Kind.SOFTWARE);
    BootCheck check = check();
    Optional<Digest> before = check.basis();
    fleet.publish("models/gauge/1.0.0/release.json", "a release");
    assertEquals(before, check().basis());
    assertTrue(before.isPresent());
  }

  @Test
  void aDocumentThatIsSignedAnewOrIsNotHereAnyMoreIsAReason() throws Exception {
    signAPolicyFor(Protection.Kind.SOFTWARE);
    Optional<Digest> first = check().basis();
    signTheFilesAsTheyAre();
    BootCheck check = check();
    Optional<Digest> second = check.basis();
    assertNotEquals(first, second);
    for (FileName held : disk.list("documents")) {
      disk.delete(held);
    }
    assertNotEquals(second, check.basis());
  }

  @Test
  void aKeystoreThatPolicyDoesNotAcceptIsBad() throws Exception {
    signAPolicyFor(Protection.Kind.TPM2);
    assertEquals(Verdict.BAD, of(check().examine(), "keystore"));
    signAPolicyFor(Protection.Kind.TPM2, Protection.Kind.SOFTWARE);
    assertEquals(Verdict.GOOD, of(check().examine(), "keystore"));
  }
}
