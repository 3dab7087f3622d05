// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.tuf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.updater.disk.FakeDisk;
import dev.bartizan.updater.disk.FileName;
import dev.bartizan.updater.tuf.RepositorySimulator.Signer;
import dev.bartizan.updater.tuf.TufRefusal.Code;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A client against an honest repository, and against every attack that concerns metadata. */
class TufClientTest extends ClientOfARepository {
  @Nested
  class AnHonestRepository {
    @Test
    void isAskedForEachFileOnceAndForNothingThatIsUnchanged() throws Exception {
      refresh();
      assertEquals(
          List.of("2.root.json", "timestamp.json", "1.snapshot.json", "1.targets.json"),
          repository.takeRequests());
      refresh();
      assertEquals(List.of("2.root.json", "timestamp.json"), repository.takeRequests());
    }

    @Test
    void isKeptToTheByte() throws Exception {
      refresh();
      assertArrayEquals(repository.served("1.root.json"), stored(FileName.of("tuf/root.json")));
      assertArrayEquals(
          repository.served("timestamp.json"), stored(FileName.of("tuf/timestamp.json")));
      assertArrayEquals(
          repository.served("1.snapshot.json"), stored(FileName.of("tuf/snapshot.json")));
      assertArrayEquals(
          repository.served("1.targets.json"), stored(FileName.of("tuf/targets.json")));
    }

    @Test
    void thatKeepsOnlyTheNewestVersionsIsAskedForPlainNames() throws Exception {
      repository.root().put("consistent_snapshot", false);
      repository.publishRoot();
      repository.serve("snapshot.json", repository.served("1.snapshot.json"));
      repository.serve("targets.json", repository.served("1.targets.json"));
      refresh();
      assertEquals(versions(2, 1, 1, 1), onDisk());
    }

    @Test
    void thatLiesInAnObjectStoreMayForbidWhatIsNotThere() throws Exception {
      repository.publishRoot();
      MetadataSource store =
          (name, limit) -> {
            Optional<byte[]> found = repository.find(name, limit);
            if (found.isEmpty()) {
              throw new MetadataSource.Forbidden(name);
            }
            return found;
          };
      TufClient client = TufClient.ofOwnStore(TufClientTest.this.store, store, clock);
      client.refresh();
      assertEquals(2, onDisk().get("root"));
      repository.unserve("timestamp.json");
      assertThrows(MetadataSource.Forbidden.class, client::refresh);
    }

    @Test
    void mayWriteFieldsNobodyKnowsAndHaveThemSigned() throws Exception {
      repository.root().putObject("x-custom").put("z", 1).put("a", "\u00e9\"\\\n").putNull("n");
      repository.description("timestamp").put("x-note", true);
      repository.publishRoot();
      refresh();
      assertEquals(2, onDisk().get("root"));
    }

    @ParameterizedTest
    @EnumSource(SignatureScheme.class)
    void maySignWithEveryScheme(SignatureScheme scheme) throws Exception {
      Signer fresh = repository.addKey("targets", scheme);
      repository.signers("targets").removeIf(signer -> !signer.equals(fresh));
      repository.publishRoot();
      repository.release("targets");
      refresh();
      assertEquals(2, onDisk().get("targets"));
    }

    @Test
    void mayHoldKeysOfAKindYetToBeInvented() throws Exception {
      ObjectNode key = repository.root().withObject("keys").putObject("future");
      key.put("keytype", "lattice")
          .put("scheme", "lattice-9")
          .putObject("keyval")
          .put("public", "?");
      repository.publishRoot();
      refresh();
      assertEquals(2, onDisk().get("root"));
    }

    @Test
    void mayCarryEmptySignaturesOfAbsentSigners() throws Exception {
      ObjectNode file = parsed(repository.served("timestamp.json"));
      file.withArray("signatures").addObject().put("keyid", "absent").put("sig", "");
      repository.serve("timestamp.json", bytes(file));
      refresh();
    }

    @Test
    void isFollowedThroughManyRootsEvenWhenTheFirstHasLongExpired() throws Exception {
      repository.root().put("expires", "2020-01-01T00:00:00Z");
      repository.publishRoot();
      repository.rotateKeys("root");
      repository.publishRoot();
      repository.rotateKeys("root");
      repository.root().put("expires", "2031-01-01T00:00:00Z");
      repository.publishRoot();
      refresh();
      assertEquals(4, onDisk().get("root"));
    }

    @Test
    void thatIsHalfPublishedIsTheWorldsFaultAndCostsNothing() throws Exception {
      refresh();
      repository.release("targets");
      repository.unserve("2.snapshot.json");
      assertThrows(FileNotFoundException.class, TufClientTest.this::refresh);
      assertEquals(versions(1, 2, 1, 1), onDisk());
    }
  }

  @Nested
  class Malformed {
    @ParameterizedTest
    @ValueSource(
        strings = {
          "",
          "[]",
          "null",
          "{}",
          "{\"signatures\":[],\"signed\":{}}{}",
          "{\"signatures\":[],\"signed\":{\"a\":1,\"a\":1}}",
          "{\"signatures\":[],\"signed\":{\"a\":1.5}}",
          "{\"signatures\":[],\"signed\":{\"a\":\"\\ud800\"}}",
          "{\"signatures\":{},\"signed\":{}}",
          "{\"signatures\":[{\"keyid\":1,\"sig\":\"\"}],\"signed\":{}}"
        })
    void jsonIsRefused(String text) throws Exception {
      repository.serve("timestamp.json", text.getBytes(StandardCharsets.UTF_8));
      refuseRefresh(Code.MALFORMED, "timestamp");
      assertEquals(Map.of("root", 1L), onDisk());
    }

    @Test
    void anEncodingOtherThanUtf8IsRefused() throws Exception {
      byte[] honest = repository.served("timestamp.json");
      String text = new String(honest, StandardCharsets.UTF_8);
      repository.serve("timestamp.json", text.getBytes(StandardCharsets.UTF_16LE));
      refuseRefresh(Code.MALFORMED, "timestamp");
    }

    @Test
    void nestingWithoutEndIsRefused() throws Exception {
      String deep = "{\"signatures\":[],\"signed\":" + "[".repeat(3000) + "]".repeat(3000) + "}";
      repository.serve("timestamp.json", deep.getBytes(StandardCharsets.UTF_8));
      refuseRefresh(Code.MALFORMED, "timestamp");
    }

    @Test
    void aThresholdOfZeroIsRefused() throws Exception {
      repository.description("targets").put("threshold", 0);
      repository.publishRoot();
      refuseRefresh(Code.MALFORMED, "root");
      assertEquals(Map.of("root", 1L), onDisk());
    }

    @Test
    void aRootInPlaceOfATimestampIsRefused() throws Exception {
      ObjectNode root = repository.root().deepCopy();
      repository.timestamp().setAll(root);
      repository.publish("timestamp");
      refuseRefresh(Code.MALFORMED, "timestamp");
    }

    @Test
    void aSpecificationOfAnotherMajorVersionIsRefused() throws Exception {
      repository.timestamp().put("spec_version", "2.0.0");
      repository.publish("timestamp");
      refuseRefresh(Code.MALFORMED, "timestamp");
    }

    @Test
    void anUnsignedRootIsNotPinned() throws Exception {
      FakeDisk empty = new FakeDisk();
      byte[] unsigned = repository.sign("root", List.of());
      TufRefusal refusal =
          assertThrows(
              TufRefusal.class, () -> TufClient.init(new MetadataStore(empty, "tuf"), unsigned));
      assertEquals(Code.SIG_THRESHOLD, refusal.kind());
      assertEquals(List.of(), empty.list("tuf"));
    }

    @Test
    void aRefusalIsOnePrintableLine() throws Exception {
      repository.timestamp().put("_type", "x\n\u001b[31m" + "y".repeat(1000));
      repository.publish("timestamp");
      String message = refuseRefresh(Code.MALFORMED, "timestamp").getMessage();
      assertTrue(message.matches("[\\x20-\\x7e]{1,300}"), message);
    }
  }

  @Nested
  class ADamagedDisk {
    @Test
    void withABadPinnedRootRefusesBeforeItAsksAnybody() throws Exception {
      refresh();
      repository.takeRequests();
      damage("tuf/root_history/1.root.json", "version", "versiom");
      assertThrows(TufRefusal.class, TufClientTest.this::refresh);
      assertEquals(List.of(), repository.takeRequests());
    }

    @ParameterizedTest
    @ValueSource(strings = {"root", "timestamp", "snapshot", "targets"})
    void withABadCopyOfAnyRoleIsMendedByTheRepository(String role) throws Exception {
      refresh();
      byte[] honest = stored(FileName.of("tuf/" + role + ".json"));
      damage("tuf/" + role + ".json", "version", "versiom");
      refresh();
      assertArrayEquals(honest, stored(FileName.of("tuf/" + role + ".json")));
    }

    private void damage(String name, String from, String to) throws IOException {
      String text = new String(stored(FileName.of(name)), StandardCharsets.UTF_8);
      assertTrue(text.contains(from));
      byte[] damaged = text.replaceFirst(from, to).getBytes(StandardCharsets.UTF_8);
      dev.bartizan.updater.disk.DurableFile.replace(disk, FileName.of(name), damaged);
    }
  }
}
