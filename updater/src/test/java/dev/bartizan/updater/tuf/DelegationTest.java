// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.tuf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Digest;
import dev.bartizan.updater.disk.FakeDisk;
import dev.bartizan.updater.tuf.RepositorySimulator.Signer;
import dev.bartizan.updater.tuf.TufRefusal.Code;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may speak for which target, and in which order they are asked. */
class DelegationTest {
  private final RepositorySimulator repository = new RepositorySimulator();
  private final FakeDisk disk = new FakeDisk();
  private final MetadataStore store = new MetadataStore(disk, "tuf");

  @BeforeEach
  void pinTheFirstRoot() throws Exception {
    TufClient.init(store, repository.rootFile(1));
  }

  private TrustedTargets refresh() throws TufRefusal, IOException {
    TrustedTargets targets =
        TufClient.ofOwnStore(store, repository, () -> RepositorySimulator.START).refresh();
    repository.takeRequests();
    return targets;
  }

  private TufRefusal refuse(TrustedTargets targets, String path, Code code) {
    TufRefusal refusal = assertThrows(TufRefusal.class, () -> targets.find(path));
    assertEquals(code, refusal.kind(), refusal.getMessage());
    return refusal;
  }

  @Test
  void aDelegatedRoleIsLoadedOnceAndOnlyWhenASearchComesToIt() throws Exception {
    repository.delegate("targets", "models", false, "models/*");
    repository.addTarget("models", "models/a", "A");
    repository.release("targets", "models");
    TrustedTargets targets = refresh();
    assertTrue(targets.find("software/a").isEmpty());
    assertEquals(List.of(), repository.takeRequests());
    assertEquals(1, targets.get("models/a").length());
    assertEquals(1, targets.get("models/a").length());
    assertEquals(List.of("1.models.json"), repository.takeRequests());
    refresh().get("models/a");
    assertEquals(List.of(), repository.takeRequests());
  }

  @Test
  void rolesAreAskedInPreOrderDepthFirst() throws Exception {
    repository.delegate("targets", "a", false, "*");
    repository.delegate("targets", "b", false, "*");
    repository.delegate("a", "a1", false, "*");
    repository.delegate("a", "a2", false, "*");
    repository.delegate("a1", "a11", false, "*");
    repository.release("targets", "a", "b", "a1", "a2", "a11");
    assertTrue(refresh().find("nothing").isEmpty());
    assertEquals(
        List.of("1.a.json", "1.a1.json", "1.a11.json", "1.a2.json", "1.b.json"),
        repository.takeRequests());
  }

  @Test
  void theFirstRoleThatKnowsAPathHasTheLastWord() throws Exception {
    repository.delegate("targets", "first", false, "*");
    repository.delegate("targets", "second", false, "*");
    repository.addTarget("first", "x", "from the first");
    repository.addTarget("second", "x", "from the second, longer");
    repository.release("targets", "first", "second");
    assertEquals("from the first".length(), refresh().get("x").length());
    assertEquals(List.of("1.first.json"), repository.takeRequests());
  }

  @Test
  void nobodyIsAskedAfterATerminatingRole() throws Exception {
    repository.delegate("targets", "a", false, "*");
    repository.delegate("targets", "z", false, "*");
    repository.delegate("a", "stop", true, "*");
    repository.delegate("a", "after", false, "*");
    repository.addTarget("after", "x", "X");
    repository.addTarget("z", "x", "X");
    repository.release("targets", "a", "z", "stop", "after");
    assertTrue(refresh().find("x").isEmpty());
    assertEquals(List.of("1.a.json", "1.stop.json"), repository.takeRequests());
  }

  @Test
  void rolesThatDelegateInACircleAreVisitedOnce() throws Exception {
    repository.delegate("targets", "a", false, "*");
    repository.delegate("a", "b", false, "*");
    repository.delegate("b", "a", false, "*");
    repository.release("targets", "a", "b");
    assertTrue(refresh().find("x").isEmpty());
    assertEquals(List.of("1.a.json", "1.b.json"), repository.takeRequests());
  }

  @Test
  void aRoleThatSpeaksBeyondItsPathsIsNotHeard() throws Exception {
    // Wrong software: the models role lists a program.
    repository.delegate("targets", "models", false, "models/*");
    repository.addTarget("models", "software/agent.jar", "evil");
    repository.release("targets", "models");
    TrustedTargets targets = refresh();
    assertTrue(targets.find("software/agent.jar").isEmpty());
    assertEquals(Set.of(), targets.list("").keySet());
    assertEquals(
        Code.WRONG_TARGET,
        assertThrows(TufRefusal.class, () -> targets.get("software/agent.jar")).kind());
  }

  @Test
  void theWholeListHoldsWhatASearchForEachWouldFind() throws Exception {
    repository.delegate("targets", "models", false, "models/*/*");
    repository.delegate("models", "vision", false, "models/vision/*");
    repository.addTarget("targets", "readme", "R");
    repository.addTarget("models", "models/voice/1", "V");
    repository.addTarget("vision", "models/vision/1", "I");
    repository.addTarget("vision", "models/voice/2", "not theirs to say");
    repository.release("targets", "models", "vision");
    TrustedTargets targets = refresh();
    assertEquals(Set.of("models/vision/1", "models/voice/1"), targets.list("models/").keySet());
    assertEquals(Set.of("models/vision/1", "models/voice/1", "readme"), targets.list("").keySet());
  }

  @Test
  void aHashBinAnswersForThePathsWhoseHashBeginsSo() throws Exception {
    String path = "models/defects/1.0.0/manifest.json";
    String hash = Digest.of(path.getBytes(StandardCharsets.UTF_8)).hex();
    repository.delegateByHash("targets", "mine", "", hash.substring(0, 2));
    repository.delegateByHash("targets", "other", hash.substring(0, 3) + "x");
    repository.addTarget("mine", path, "M");
    repository.release("targets", "mine", "other");
    assertEquals(1, refresh().get(path).length());
    assertEquals(List.of("1.mine.json"), repository.takeRequests());
  }

  @Test
  void aDelegatedRoleIsVerifiedAgainUnderEveryDelegator() throws Exception {
    // Two roles delegate to "shared" with different keys; only the first one's signed it.
    repository.delegate("targets", "a", false, "a/*");
    repository.delegate("targets", "b", false, "b/*");
    repository.delegate("a", "shared", false, "*/*");
    repository.addTarget("shared", "a/x", "X");
    repository.addTarget("shared", "b/x", "X");
    Signer first = repository.signers("shared").get(0);
    repository.delegate("b", "shared", false, "*/*");
    repository.signers("shared").removeIf(signer -> !signer.equals(first));
    repository.release("targets", "a", "b", "shared");
    TrustedTargets targets = refresh();
    assertEquals(1, targets.get("a/x").length());
    assertEquals("shared", refuse(targets, "b/x", Code.SIG_THRESHOLD).role());
    // In a fresh search as well, where the file comes from the disk.
    refuse(refresh(), "b/x", Code.SIG_THRESHOLD);
  }

  @Test
  void aDelegatedRoleTheSnapshotDoesNotNameIsRefused() throws Exception {
    repository.delegate("targets", "models", false, "*");
    repository.release("targets", "models");
    repository.snapshot().withObject("meta").remove("models.json");
    repository.publish("snapshot");
    refuse(refresh(), "x", Code.MIX_MATCH);
    assertTrue(disk.list("tuf").stream().noneMatch(file -> file.last().equals("models.json")));
  }

  @Test
  void anExpiredDelegatedRoleIsRefused() throws Exception {
    repository.delegate("targets", "models", false, "*");
    repository.signed("models").put("expires", RepositorySimulator.START.toString());
    repository.release("targets", "models");
    refuse(refresh(), "x", Code.EXPIRED);
    assertTrue(disk.list("tuf").stream().noneMatch(file -> file.last().equals("models.json")));
  }

  @Test
  void aThresholdOfADelegatedRoleIsHeld() throws Exception {
    repository.delegate("targets", "models", false, "*");
    Signer second = repository.addKey("models", SignatureScheme.ECDSA_P256);
    repository.description("models").put("threshold", 2);
    repository.signers("models").remove(second);
    repository.release("targets", "models");
    refuse(refresh(), "x", Code.SIG_THRESHOLD);
    repository.signers("models").add(second);
    repository.release("models");
    assertTrue(refresh().find("x").isEmpty());
  }

  @ParameterizedTest
  @ValueSource(strings = {"?", "#", "/delegatedrole", "../delegatedrole", "..", "é %"})
  void aRoleNameThatIsAHostilePathStaysAName(String role) throws Exception {
    repository.delegate("targets", role, false, "*");
    repository.release("targets", role);
    assertTrue(refresh().find("x").isEmpty());
    String name = new RoleName(role).fileName();
    assertEquals(List.of("1." + name), repository.takeRequests());
    assertFalse(name.contains("/") || name.contains("?") || name.contains("#"));
    assertTrue(disk.list("tuf").stream().anyMatch(file -> file.last().equals(name)));
    assertEquals(5, disk.list("tuf").size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"root", "timestamp", "snapshot", "targets", ""})
  void aDelegatedRoleMayNotTakeATopLevelName(String role) throws Exception {
    repository.delegate("targets", "models", false, "*");
    ((ObjectNode) repository.signed("targets").path("delegations").path("roles").path(0))
        .put("name", role);
    repository.release("targets", "models");
    TufRefusal refusal = assertThrows(TufRefusal.class, this::refresh);
    assertEquals(Code.BAD_NAME, refusal.kind());
  }

  @Test
  void aRoleNameTooLongForAFileIsRefused() throws Exception {
    repository.delegate("targets", "models", false, "*");
    ObjectNode entry =
        (ObjectNode) repository.signed("targets").path("delegations").path("roles").path(0);
    entry.put("name", "/".repeat(54));
    repository.release("targets", "models");
    assertEquals(Code.BAD_NAME, assertThrows(TufRefusal.class, this::refresh).kind());
    entry.put("name", "/".repeat(53));
    repository.release("targets");
    refresh();
  }

  @Test
  void aSearchThroughTooManyRolesIsEnded() throws Exception {
    for (int i = 0; i < Limits.ROLES_VISITED; i++) {
      repository.delegate(i == 0 ? "targets" : "r" + (i - 1), "r" + i, false, "*");
    }
    repository.release(
        Stream.concat(
                Stream.of("targets"),
                IntStream.range(0, Limits.ROLES_VISITED).mapToObj(i -> "r" + i))
            .toArray(String[]::new));
    refuse(refresh(), "x", Code.TOO_LONG);
  }
}
