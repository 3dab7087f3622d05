// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.tuf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.updater.tuf.RepositorySimulator.Signer;
import dev.bartizan.updater.tuf.TufRefusal.Code;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client against every attack that concerns metadata. */
class MetadataAttackTest extends ClientOfARepository {
  @Nested
  class AStrangersSignature {
    @ParameterizedTest
    @ValueSource(strings = {"timestamp", "snapshot", "targets"})
    void isRefusedAndTheDiskKeepsWhatItHad(String role) throws Exception {
      refresh();
      repository.signers(role).set(0, RepositorySimulator.newSigner(SignatureScheme.ED25519));
      repository.release("targets");
      TufRefusal refusal = refuseRefresh(Code.SIG_THRESHOLD, role);
      assertEquals("1 valid signatures", refusal.expected());
      assertEquals("0", refusal.found());
      assertEquals(1, onDisk().get(role));
    }

    @Test
    void underTheIdOfATrustedKeyIsRefused() throws Exception {
      Signer trusted = repository.signers("timestamp").get(0);
      Signer stranger = RepositorySimulator.newSigner(SignatureScheme.ED25519);
      repository
          .signers("timestamp")
          .set(0, new Signer(trusted.id(), trusted.scheme(), stranger.pair()));
      repository.releaseTimestamp();
      refuseRefresh(Code.SIG_THRESHOLD, "timestamp");
      assertEquals(Map.of("root", 1L), onDisk());
    }

    @Test
    void onANewRootIsRefusedWhenOnlyTheNewKeysSigned() throws Exception {
      repository.rotateKeys("root");
      repository.publishRoot();
      repository.serve("2.root.json", repository.sign("root", repository.signers("root")));
      refuseRefresh(Code.SIG_THRESHOLD, "root");
      assertEquals(Map.of("root", 1L), onDisk());
    }

    @Test
    void onANewRootIsRefusedWhenOnlyTheOldKeysSigned() throws Exception {
      List<Signer> old = List.copyOf(repository.signers("root"));
      repository.rotateKeys("root");
      repository.publishRoot();
      repository.serve("2.root.json", repository.sign("root", old));
      refuseRefresh(Code.SIG_THRESHOLD, "root");
      assertEquals(Map.of("root", 1L), onDisk());
    }

    @Test
    void doesNotHelpToReachAThresholdByOneKeyUnderManyIds() throws Exception {
      Signer once = repository.signers("snapshot").get(0);
      Signer again = new Signer("another-id", once.scheme(), once.pair());
      repository.signers("snapshot").add(again);
      repository.declare("root", "snapshot", again);
      repository.description("snapshot").put("threshold", 2);
      repository.publishRoot();
      repository.releaseSnapshot();
      refuseRefresh(Code.SIG_THRESHOLD, "snapshot");
    }

    @Test
    void isNotCountedTwiceUnderOneId() throws Exception {
      repository.signers("snapshot").add(repository.signers("snapshot").get(0));
      repository.releaseSnapshot();
      refuseRefresh(Code.MALFORMED, "snapshot");
    }

    @Test
    void doesNotMatterOnceEnoughOfTheOthersSigned() throws Exception {
      repository.addKey("targets", SignatureScheme.ECDSA_P256);
      repository.addKey("targets", SignatureScheme.ED25519);
      repository.description("targets").put("threshold", 2);
      repository.publishRoot();
      repository.signers("targets").remove(0);
      repository.signers("targets").add(RepositorySimulator.newSigner(SignatureScheme.ED25519));
      repository.release("targets");
      refresh();
      assertEquals(2, onDisk().get("targets"));
    }
  }

  @Nested
  class EndlessMetadata {
    @ParameterizedTest
    @ValueSource(strings = {"timestamp.json", "2.root.json", "1.snapshot.json", "1.targets.json"})
    void isCutOffAndRefused(String name) throws Exception {
      repository.serve(name, new byte[6 * 1024 * 1024]);
      String role = name.replaceAll("^\\d+\\.|\\.json$", "");
      refuseRefresh(Code.TOO_LONG, role);
      assertTrue(!onDisk().containsKey(role) || role.equals("root"));
    }

    @Test
    void isCutOffWhereTheSignedLengthEnds() throws Exception {
      byte[] snapshot = repository.served("1.snapshot.json");
      ((ObjectNode) repository.timestamp().path("meta").path("snapshot.json"))
          .put("length", snapshot.length - 1);
      repository.publish("timestamp");
      refuseRefresh(Code.TOO_LONG, "snapshot");
      assertEquals(Map.of("root", 1L, "timestamp", 1L), onDisk());
    }
  }

  @Nested
  class AFreeze {
    @ParameterizedTest
    @ValueSource(strings = {"timestamp", "snapshot", "targets"})
    void isNoticedWhenARoleExpires(String role) throws Exception {
      refresh();
      repository.signed(role).put("expires", RepositorySimulator.START.toString());
      repository.release("targets");
      TufRefusal refusal = refuseRefresh(Code.EXPIRED, role);
      assertEquals(RepositorySimulator.START.toString(), refusal.found());
      assertEquals(1, onDisk().get(role));
    }

    @Test
    void isNoticedWhenTheRootExpires() throws Exception {
      repository.root().put("expires", RepositorySimulator.START.toString());
      repository.publishRoot();
      refuseRefresh(Code.EXPIRED, "root");
      // The root itself is kept: it is the way to the next one.
      assertEquals(Map.of("root", 2L), onDisk());
      repository.root().put("expires", "2031-01-01T00:00:00Z");
      repository.publishRoot();
      refresh();
    }

    @Test
    void isNoticedWhenNothingNewEverComes() throws Exception {
      refresh();
      now = now.plus(Duration.ofDays(31));
      refuseRefresh(Code.EXPIRED, "root");
      assertEquals(versions(1, 1, 1, 1), onDisk());
    }

    @Test
    void byAnExpiredTimestampStillDoesNotAllowAnOlderOne() throws Exception {
      repository.releaseTimestamp();
      refresh();
      now = now.plus(Duration.ofDays(31));
      repository.root().put("expires", "2031-01-01T00:00:00Z");
      repository.publishRoot();
      repository.setVersion("timestamp", 1);
      repository.timestamp().put("expires", "2031-01-01T00:00:00Z");
      repository.publish("timestamp");
      refuseRefresh(Code.ROLLBACK, "timestamp");
      assertEquals(2, onDisk().get("timestamp"));
    }
  }

  @Nested
  class ARollback {
    @Test
    void aReplayedTimestampIsRefusedAndTheDiskKeepsTheNewerOne() throws Exception {
      byte[] old = repository.served("timestamp.json");
      repository.releaseTimestamp();
      refresh();
      repository.serve("timestamp.json", old);
      TufRefusal refusal = refuseRefresh(Code.ROLLBACK, "timestamp");
      assertEquals("version 2 or newer", refusal.expected());
      assertEquals("1", refusal.found());
      assertEquals(2, onDisk().get("timestamp"));
    }

    @Test
    void aTimestampOfTheSameVersionButOtherContentIsNoNews() throws Exception {
      refresh();
      repository.takeRequests();
      repository.timestamp().withObject("meta").withObject("snapshot.json").put("version", 100);
      repository.publish("timestamp");
      refresh();
      assertEquals(List.of("2.root.json", "timestamp.json"), repository.takeRequests());
      assertEquals(versions(1, 1, 1, 1), onDisk());
    }

    @Test
    void aNewTimestampThatNamesAnOlderSnapshotIsRefused() throws Exception {
      repository.releaseSnapshot();
      refresh();
      repository.setVersion("snapshot", 1);
      repository.releaseTimestamp();
      refuseRefresh(Code.ROLLBACK, "snapshot");
      assertEquals(versions(1, 2, 2, 1), onDisk());
    }

    @Test
    void aNewSnapshotThatNamesOlderTargetsIsRefused() throws Exception {
      repository.release("targets");
      refresh();
      repository.setVersion("targets", 1);
      repository.releaseSnapshot();
      TufRefusal refusal = refuseRefresh(Code.ROLLBACK, "snapshot");
      assertEquals("targets.json version 2 or newer", refusal.expected());
      assertEquals(versions(1, 3, 2, 2), onDisk());
    }

    @Test
    void aNewSnapshotThatDropsARoleIsRefused() throws Exception {
      repository.delegate("targets", "models", false, "models/*");
      repository.release("targets", "models");
      refresh();
      repository.snapshot().withObject("meta").remove("models.json");
      repository.setVersion("snapshot", 3);
      repository.publish("snapshot");
      repository.releaseTimestamp();
      refuseRefresh(Code.ROLLBACK, "snapshot");
      assertEquals(2, onDisk().get("snapshot"));
    }

    @Test
    void anOlderRootUnderTheNextNameIsRefused() throws Exception {
      repository.serve("2.root.json", repository.served("1.root.json"));
      refuseRefresh(Code.ROLLBACK, "root");
      assertEquals(Map.of("root", 1L), onDisk());
    }

    @Test
    void aRootThatSkipsAVersionIsRefused() throws Exception {
      repository.publishRoot();
      repository.publishRoot();
      repository.serve("2.root.json", repository.served("3.root.json"));
      refuseRefresh(Code.MIX_MATCH, "root");
      assertEquals(Map.of("root", 1L), onDisk());
    }

    @Test
    void beginningAgainWithTheOldRootIsNoWayBack() throws Exception {
      repository.publishRoot();
      refresh();
      TufClient.init(store, repository.rootFile(1));
      assertEquals(2, onDisk().get("root"));
    }
  }

  @Nested
  class AFastForward {
    @Test
    void isHealedByNewTimestampAndSnapshotKeys() throws Exception {
      repository.setVersion("snapshot", 99_998);
      repository.setVersion("timestamp", 99_998);
      repository.release("targets");
      refresh();
      repository.rotateKeys("timestamp");
      repository.rotateKeys("snapshot");
      repository.publishRoot();
      repository.setVersion("snapshot", 0);
      repository.setVersion("timestamp", 0);
      repository.release("targets");
      refresh();
      assertEquals(versions(2, 1, 1, 3), onDisk());
    }

    @Test
    void isNotHealedByAKeyThatIsMerelyAddedSoRollbackStaysRefused() throws Exception {
      repository.release("targets");
      refresh();
      repository.addKey("timestamp", SignatureScheme.ED25519);
      repository.publishRoot();
      repository.setVersion("timestamp", 0);
      repository.releaseTimestamp();
      refuseRefresh(Code.ROLLBACK, "timestamp");
      assertEquals(versions(2, 2, 2, 2), onDisk());
    }

    @Test
    void toAnAbsurdVersionIsRefused() throws Exception {
      repository.setVersion("timestamp", 1L << 53);
      repository.publish("timestamp");
      refuseRefresh(Code.MALFORMED, "timestamp");
    }
  }

  @Nested
  class MixAndMatch {
    @Test
    void aSnapshotOfAnotherVersionIsRefused() throws Exception {
      repository.setVersion("snapshot", 2);
      repository.serve(
          "1.snapshot.json", repository.sign("snapshot", repository.signers("snapshot")));
      refuseRefresh(Code.MIX_MATCH, "snapshot");
      assertEquals(Map.of("root", 1L, "timestamp", 1L), onDisk());
    }

    @Test
    void targetsOfAnotherVersionAreRefused() throws Exception {
      repository.setVersion("targets", 2);
      repository.serve("1.targets.json", repository.sign("targets", repository.signers("targets")));
      refuseRefresh(Code.MIX_MATCH, "targets");
      assertEquals(Map.of("root", 1L, "timestamp", 1L, "snapshot", 1L), onDisk());
    }

    @Test
    void aSnapshotThatIsNotTheOneTheTimestampHashedIsRefusedBeforeItsSignatureMatters()
        throws Exception {
      ((ObjectNode) repository.timestamp().path("meta").path("snapshot.json"))
          .putObject("hashes")
          .put("sha256", "00".repeat(32));
      repository.publish("timestamp");
      refuseRefresh(Code.HASH_MISMATCH, "snapshot");
    }

    @Test
    void aDigestNobodyCanComputeIsNotAPassedCheck() throws Exception {
      ((ObjectNode) repository.timestamp().path("meta").path("snapshot.json"))
          .putObject("hashes")
          .put("md5", "00");
      repository.publish("timestamp");
      refuseRefresh(Code.HASH_MISMATCH, "snapshot");
    }
  }
}
