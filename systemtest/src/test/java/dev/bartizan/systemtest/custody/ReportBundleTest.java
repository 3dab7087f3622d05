// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.custody;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.tpm.Swtpm;
import dev.bartizan.fleet.credential.OperatorKeys;
import dev.bartizan.protocol.jws.CompactJws;
import dev.bartizan.protocol.jws.StatementSigner;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One file holds all that is needed; what is left out of it or altered in it is missed by name. */
class ReportBundleTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private static Path folder;
  private static Swtpm chip;
  private static BundledDevice device;
  private static Path bundle;
  private static Path roots;

  @BeforeAll
  static void bundle() throws Exception {
    chip = Swtpm.unmeasured();
    device = new BundledDevice(folder, chip);
    bundle = device.bundle();
    roots = device.roots();
  }

  @AfterAll
  static void powerOff() throws Exception {
    chip.close();
  }

  private static int verify(Path file, Object... more) {
    List<Object> line = new ArrayList<>(List.of("verify", "--bundle", file, "--trust", roots));
    line.addAll(List.of(more));
    return device.run(line.toArray());
  }

  @Test
  void itIsVerifiedByRootsAloneAndSaysWhoseWordEachElementIs() throws Exception {
    assertEquals(0, verify(bundle, "--json"), device::said);

    JsonNode answer = JSON.readTree(device.answer());
    assertEquals("affirming", answer.at("/result/ear_status").asText());
    List<String> words = new ArrayList<>();
    answer.at("/bundle/words").forEach(it -> words.add(it.get("by").asText()));
    assertTrue(
        words.containsAll(
            List.of("the author", "the authority of devices", "its maker", "the server")),
        words::toString);
    assertEquals(0, verify(bundle), device::said);
    assertTrue(device.said().contains("the chip: its maker"), device.said());
  }

  @Test
  void asOfAnotherDayItsCertificateAndMetadataHaveRunOut() {
    assertEquals(1, verify(bundle, "--at", "2060-01-01T00:00:00Z"));
    assertTrue(device.said().contains("REFERENCES_EXPIRED"), device.said());
    assertTrue(device.said().contains("IDENTITY_EXPIRED"), device.said());
  }

  @Test
  void aReportAndABundleAreNotVerifiedAtOnce() {
    assertEquals(2, verify(bundle, "--nonce", BundledDevice.NONCE));
    assertEquals(2, device.run("verify", "--trust", roots));
  }

  @Test
  void whatWasAnsweredIsListedAndShown() throws Exception {
    Object dir = device.places().fleetHome();
    String ueid = device.device().ueid().text();
    assertEquals(0, device.run("list", "--dir", dir), device::said);
    assertTrue(device.said().contains(ueid + " AFFIRMING, "), device.said());
    assertEquals(0, device.run("list", "--ecs", "--dir", dir), device::said);
    assertEquals(ueid, JSON.readTree(device.answer()).at("/host/id").asText());
    Path page = folder.resolve("page.html");
    assertEquals(0, device.run("show", ueid, "--html", page, "--dir", dir), device::said);
    assertTrue(Files.readString(page).contains("Affirming: this device is what it should be."));
    String nobody = new TwoDirectories(folder.resolve("none")).fleetHome().toString();
    assertEquals(1, device.run("show", ueid, "--dir", nobody), device::said);
  }

  // Attack: any one member left out of the bundle, or changed in it, on the way or in the archive.
  @Test
  void eachMemberLeftOutOrAlteredIsNamed() throws Exception {
    for (String member : members()) {
      refused(member, document -> members(document).remove(member));
      refused(member, document -> put(document, member, flipped(document, member)));
    }
    refused("extra", document -> members(document).put("extra", "AAAA"));
  }

  // Attack: the same by who holds the server's key of results, after the fact.
  @Test
  void eachMemberThatTheServerItselfLeavesOutOrAltersIsNeverAffirmed() throws Exception {
    for (String member : members()) {
      notAffirmed(member, document -> members(document).remove(member));
      notAffirmed(member, document -> put(document, member, flipped(document, member)));
    }
    for (String field : List.of("ak_public", "ek_chain", "ek_public", "profile", "ueid", "state")) {
      notAffirmed(
          "device",
          document -> {
            ObjectNode record = (ObjectNode) read(document, "device");
            put(document, "device", bytes(record.without(field)));
          });
    }
  }

  // Attack: a bundle that brings roots of its own.
  @Test
  void rootsOfTheBundleCountForNothing() throws Exception {
    Path others = Files.createDirectories(folder.resolve("others"));
    TwoDirectories stranger = new TwoDirectories(others);
    Files.createDirectories(stranger.fleetHome().resolve("ek-roots"));

    assertEquals(1, verify(bundle, "--root", stranger.authorHome().resolve("root.json")));
    assertTrue(device.said().contains("member metadata/root.json"), device.said());
    assertEquals(1, device.run("verify", "--bundle", bundle, "--trust", stranger.fleetHome()));
    assertTrue(device.said().contains("not signed by the key of results"), device.said());
    assertEquals(1, verify(bundle, "--authorities", stranger.fleetHome()));
    assertTrue(device.said().contains("NO_ENDORSEMENT_SHOWN"), device.said());
    Files.copy(
        stranger.fleetHome().resolve("ca/ca.pem"),
        stranger.fleetHome().resolve("ek-roots/other.pem"));
    assertEquals(1, verify(bundle, "--authorities", stranger.fleetHome()));
    assertTrue(device.said().contains("ENDORSEMENT_NOT_BELIEVED"), device.said());
  }

  private static List<String> members() throws Exception {
    List<String> names = new ArrayList<>();
    JSON.readTree(bundle.toFile()).get("members").fieldNames().forEachRemaining(names::add);
    assertTrue(names.contains("metadata/2.root.json"), names::toString);
    assertTrue(names.contains("metadata/timestamp.json"), names::toString);
    assertTrue(names.contains("documents/reference/default.json"), names::toString);
    assertTrue(names.contains("documents/policy/device.json"), names::toString);
    return names;
  }

  private static void refused(String member, Consumer<ObjectNode> change) throws Exception {
    assertEquals(1, verify(changed(change, false)), member);
    assertTrue(device.said().contains("member " + member + ":"), member + ": " + device.said());
  }

  private static void notAffirmed(String member, Consumer<ObjectNode> change) throws Exception {
    assertEquals(1, verify(changed(change, true)), () -> member + ": " + device.said());
    String said = device.said();
    String name = member.startsWith("metadata/") ? "metadata/" : member;
    // What parses is appraised, and the answer has reasons; what does not is named.
    assertTrue(said.contains(name) || said.contains("RESULT_DIFFERS"), member + ": " + said);
  }

  private static Path changed(Consumer<ObjectNode> change, boolean signs) throws Exception {
    ObjectNode document = (ObjectNode) JSON.readTree(bundle.toFile());
    change.accept(document);
    if (signs) {
      document.put("manifest", signed(document));
    }
    return Files.write(folder.resolve("changed.bundle"), JSON.writeValueAsBytes(document));
  }

  private static String signed(ObjectNode document) throws Exception {
    String payload = document.get("manifest").asText().split("\\.")[1];
    ObjectNode manifest = (ObjectNode) JSON.readTree(Base64.getUrlDecoder().decode(payload));
    ObjectNode digests = manifest.putObject("sha256");
    members(document)
        .properties()
        .forEach(it -> digests.put(it.getKey(), Digest.of(decoded(it.getValue().asText())).hex()));
    StatementSigner server =
        new OperatorKeys(device.places().fleet()).signer(OperatorKeys.VERIFIER);
    return CompactJws.sign(
        server, CompactJws.signingInput(server.key(), "bartizan-report-bundle+jwt", manifest));
  }

  private static ObjectNode members(ObjectNode document) {
    return (ObjectNode) document.get("members");
  }

  private static byte[] decoded(String member) {
    return Base64.getUrlDecoder().decode(member);
  }

  private static byte[] flipped(ObjectNode document, String member) {
    byte[] content = decoded(members(document).get(member).asText());
    content[content.length / 2] ^= 1;
    return content;
  }

  private static void put(ObjectNode document, String member, byte[] content) {
    members(document).put(member, Base64.getUrlEncoder().withoutPadding().encodeToString(content));
  }

  private static JsonNode read(ObjectNode document, String member) {
    try {
      return JSON.readTree(decoded(members(document).get(member).asText()));
    } catch (java.io.IOException notJson) {
      throw new IllegalStateException(notJson);
    }
  }

  private static byte[] bytes(JsonNode json) {
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }
}
