// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.bundle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.json.Base64Url;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.protocol.evidence.Nonce;
import dev.bartizan.protocol.jws.SoftwareSigner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * docs/vectors/report-bundle.json: the container and its list, and not what the members say. With
 * {@code -Dvectors.write=true} the file is made anew.
 */
class ReportBundleVectorsTest {
  private static final Path FILE = Path.of("../docs/vectors/report-bundle.json");

  /** The first two keys of RFC 8032: Ed25519 signs the same with the same bytes. */
  private static final SoftwareSigner SERVER =
      signer(
          "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
          "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");

  private static final SoftwareSigner STRANGER =
      signer(
          "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
          "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");

  private static final Map<String, Bytes> MEMBERS =
      Map.of("evidence", content("{}"), "metadata/timestamp.json", content("{\"signed\":{}}"));

  private static byte[] made() throws Exception {
    ObjectNode file = StrictJson.object().put("format", "Report bundle");
    file.putObject("given").set("verifier_key", SERVER.key().toJwkTree());
    ArrayNode vectors = file.putArray("vectors");
    String good = text(signed(SERVER));
    ObjectNode valid = vectors.addObject().put("name", "two members").put("document", good);
    valid.put("result", "valid").set("values", values(manifest()));
    refused(vectors, "signed by somebody else", text(signed(STRANGER)), "BUNDLE_NOT_SIGNED");
    refused(vectors, "a member altered", good.replace("\"e30\"", "\"W10\""), "member evidence");
    refused(
        vectors,
        "a member left out",
        good.replace("\"evidence\" : \"e30\",", ""),
        "MEMBER_MISSING");
    refused(
        vectors,
        "a member too many",
        good.replace("\"evidence\" : \"e30\"", "\"evidence\" : \"e30\", \"evil\" : \"e30\""),
        "MEMBER_NOT_LISTED");
    refused(
        vectors,
        "a member twice",
        good.replace("\"evidence\" : \"e30\"", "\"evidence\" : \"e30\", \"evidence\" : \"e30\""),
        "BUNDLE_MALFORMED");
    refused(vectors, "padded", good.replace("\"e30\"", "\"e30=\""), "evidence");
    refused(vectors, "of another version", good.replace("bundle/1", "bundle/2"), "bundle/2");
    refused(vectors, "a second document behind it", good + "{}", "BUNDLE_MALFORMED");
    refused(vectors, "nothing", "", "BUNDLE_MALFORMED");
    return StrictJson.writeIndented(file);
  }

  private static BundleManifest manifest() {
    TreeMap<String, Digest> digests = new TreeMap<>();
    MEMBERS.forEach((name, member) -> digests.put(name, Digest.of(member.toArray())));
    return new BundleManifest(
        Ueid.of(Digest.of(new byte[] {1})),
        Nonce.ofHex("5a".repeat(32)),
        Instant.parse("2026-05-01T12:00:00Z"),
        Digest.of(new byte[] {2}),
        digests);
  }

  private static ReportBundle signed(SoftwareSigner signer) throws Exception {
    return ReportBundle.sign(manifest(), MEMBERS, signer);
  }

  private static ObjectNode values(BundleManifest manifest) {
    ObjectNode values = StrictJson.object().put("ueid", manifest.ueid().text());
    values.put("nonce", manifest.nonce().toString());
    values.put("iat", manifest.appraisedAt().getEpochSecond());
    ArrayNode names = values.putArray("members");
    manifest.members().keySet().forEach(names::add);
    return values;
  }

  private static void refused(ArrayNode vectors, String name, String text, String names) {
    vectors
        .addObject()
        .put("name", name)
        .put("document", text)
        .put("result", "refused")
        .put("refusal_names", names);
  }

  @Test
  void theFileIsWhatThisServerWrites() throws Exception {
    byte[] made = made();
    if (Boolean.getBoolean("vectors.write")) {
      Files.write(FILE, made);
    }
    assertEquals(Files.readString(FILE), new String(made, UTF_8));
  }

  @TestFactory
  List<DynamicTest> eachBundleIsTakenOrRefusedAsTheFileSays() throws Exception {
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode vector : new ObjectMapper().readTree(Files.readAllBytes(FILE)).path("vectors")) {
      tests.add(DynamicTest.dynamicTest(vector.path("name").asText(), () -> check(vector)));
    }
    assertTrue(tests.size() > 5);
    return tests;
  }

  private static void check(JsonNode vector) throws Exception {
    byte[] document = vector.path("document").asText().getBytes(UTF_8);
    if (vector.path("result").asText().equals("valid")) {
      BundleManifest read = ReportBundle.read(document, "f").accept(SERVER.key(), "f");
      assertEquals(vector.path("values").toString(), values(read).toString());
      return;
    }
    ReportBundleRefusal refusal =
        assertThrows(
            ReportBundleRefusal.class,
            () -> ReportBundle.read(document, "f").accept(SERVER.key(), "f"));
    String said = refusal.code() + " " + refusal.getMessage();
    assertTrue(said.contains(vector.path("refusal_names").asText()), said);
  }

  @Test
  void eachBitOfTheListCounts() throws Exception {
    ReportBundle bundle = signed(SERVER);
    String[] parts = bundle.manifest().split("\\.", -1);
    byte[] payload = Base64Url.decode(parts[1], "payload").toArray();
    for (int bit = 0; bit < 8 * payload.length; bit++) {
      byte[] other = payload.clone();
      other[bit / 8] ^= (byte) (1 << (bit % 8));
      ReportBundle flipped =
          new ReportBundle(
              parts[0] + "." + Base64Url.encode(other) + "." + parts[2], bundle.members());
      assertThrows(ReportBundleRefusal.class, () -> flipped.accept(SERVER.key(), "f"));
    }
  }

  private static String text(ReportBundle bundle) {
    return new String(bundle.write(), UTF_8);
  }

  private static Bytes content(String text) {
    return Bytes.of(text.getBytes(UTF_8));
  }

  private static SoftwareSigner signer(String secret, String open) {
    try {
      KeyFactory factory = KeyFactory.getInstance("Ed25519");
      return new SoftwareSigner(
          factory.generatePublic(
              new X509EncodedKeySpec(Bytes.ofHex("302a300506032b6570032100" + open).toArray())),
          factory.generatePrivate(
              new PKCS8EncodedKeySpec(
                  Bytes.ofHex("302e020100300506032b657004220420" + secret).toArray())));
    } catch (GeneralSecurityException impossible) {
      throw new AssertionError(impossible);
    }
  }
}
