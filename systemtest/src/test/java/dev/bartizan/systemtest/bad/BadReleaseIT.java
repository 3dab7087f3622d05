// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.bad;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.systemtest.lab.Models;
import dev.bartizan.systemtest.lab.Program.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Releases that a server, or a full disk, spoils on their way: 1.0.0 goes on serving. */
class BadReleaseIT extends OneDevice {
  private String neighbour = "";
  private int minor;

  @BeforeAll
  void enrolNeighbour() throws Exception {
    neighbour = lab().enrolNeighbour();
  }

  @AfterEach
  void theLastGoodModelServes() throws Exception {
    assertServes("1.0.0");
    assertTrue(device().status().path("deployment").isMissingNode(), "a deployment is under way");
    device().run("history", "--verify").expect(0);
  }

  /** Publishes a good release under a version of its own. */
  private String release() throws Exception {
    String version = "1.0." + ++minor;
    lab().release(version, Models.file("1.1.0"), Models.golden("1.1.0"));
    return version;
  }

  @Test
  void aTruncatedArtifactIsRefusedByItsLength() throws Exception {
    String version = release();
    lab().changeNewestArtifacts(content -> Arrays.copyOf(content, content.length / 2));

    assertAnswer(update(version), "refused", "TOO_SHORT", "artifacts/");
    assertNothingOfItIsLeft();
  }

  @Test
  void anArtifactWithOneBitFlippedIsRefusedByItsDigest() throws Exception {
    String version = release();
    lab().tamperWithNewestArtifacts();

    assertAnswer(update(version), "refused", "HASH_MISMATCH", "objects/");
    assertNothingOfItIsLeft();
  }

  @Test
  void aTruncatedKeyEnvelopeIsRefused() throws Exception {
    String version = release();
    Path envelope = lab().newestEnvelope(lab().ueid());
    byte[] content = Files.readAllBytes(envelope);
    Files.write(envelope, Arrays.copyOf(content, content.length - 40));

    assertAnswer(update(version), "refused", "MALFORMED", "envelope");
    assertNothingOfItIsLeft();
  }

  @Test
  void theKeyEnvelopeOfAnotherDeviceIsRefused() throws Exception {
    String version = release();
    Files.copy(
        lab().newestEnvelope(neighbour),
        lab().newestEnvelope(lab().ueid()),
        StandardCopyOption.REPLACE_EXISTING);

    assertAnswer(update(version), "refused", "WRONG_DEVICE", "envelope");
    assertNothingOfItIsLeft();
  }

  @Test
  void aKeyEnvelopeThatIsMissingOnTheServerIsNamed() throws Exception {
    String version = release();
    Files.delete(lab().newestEnvelope(lab().ueid()));

    assertAnswer(update(version), "refused", "NO_KEY", "keys/", lab().ueid());
  }

  /** Attack: a server takes away the release that a device could go back to. */
  @Test
  void aForeignEnvelopeForAnEarlierReleaseDoesNotReplaceTheGoodOne() throws Exception {
    String active = device().status().path("models").path(0).path("release").asText();
    Path envelope = lab().operator().envelopes().resolve(active + "/" + lab().ueid() + ".cms");
    byte[] mine = Files.readAllBytes(envelope);
    String version = release();
    update(version).expect(0);
    Path foreign = lab().newestEnvelope(neighbour);
    Files.copy(foreign, envelope, StandardCopyOption.REPLACE_EXISTING);

    update("1.0.0").expect(0);
    Files.write(envelope, mine);
  }

  @Test
  void aDiskWithoutRoomForTheArtifactKeepsWhatServes() throws Exception {
    String version = release();
    device().limitFilesTo("100000");
    CompletableFuture<Outcome> update = begin("update", "model=" + MODEL, "version=" + version);
    await("the reason", () -> waitsFor().contains("File too large"));
    assertServes("1.0.0");
    String id = device().status().path("deployment").path("id").asText();

    lab().command("cancel", "deployment=" + id).expect(0);
    assertAnswer(update.get(), "cancelled", "CANCELLED");
    device().limitFilesTo("unlimited");
  }

  /** Not even the journal can be written: nothing can be begun, and nothing ends. */
  @Test
  void aDiskWithoutAnyRoomStopsCommandsAndNotTheModel() throws Exception {
    update(release()).expect(0);
    update("1.0.0").expect(0);
    device().limitFilesTo("0");
    CompletableFuture<Outcome> status = begin("status");
    await("the report", () -> device().status().path("broker").asText().contains("not kept"));
    assertOneLine(3, device().run("rollback", MODEL), "journal", "File too large");
    assertServes("1.0.0");

    device().limitFilesTo("unlimited");
    status.get().expect(0);
    awaitNoProblem("state");
  }

  private String waitsFor() throws IOException {
    return device().status().path("deployment").path("waiting_for").asText();
  }

  /** The store holds no file of what the server offers, nor a part of one. */
  private void assertNothingOfItIsLeft() throws Exception {
    await("the clearing up", () -> remains().isEmpty());
  }

  private List<Path> remains() throws IOException {
    List<String> names = lab().newestArtifacts();
    return device().stateFiles().stream()
        .filter(file -> names.stream().anyMatch(file.getFileName().toString()::contains))
        .toList();
  }
}
