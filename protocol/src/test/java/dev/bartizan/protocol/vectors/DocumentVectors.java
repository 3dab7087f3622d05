// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.vectors;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.keystore.Protection;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.protocol.command.Audience;
import dev.bartizan.protocol.command.Command;
import dev.bartizan.protocol.command.CommandKeys;
import dev.bartizan.protocol.command.CommandVerifier;
import dev.bartizan.protocol.jws.SoftwareSigner;
import dev.bartizan.protocol.release.DevicePolicy;
import dev.bartizan.protocol.release.ReleaseName;
import dev.bartizan.protocol.release.SilenceRule;
import dev.bartizan.protocol.release.SoftwareFile;
import dev.bartizan.protocol.release.SoftwareManifest;
import dev.bartizan.protocol.release.SuiteManifest;
import dev.bartizan.protocol.release.UpdateTimes;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Makes the vectors, the same ones each time. */
final class DocumentVectors {
  static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");
  static final Ueid DEVICE = Ueid.of(digest("device"));
  static final Set<String> GROUPS = Set.of("cameras");

  /** The first key of RFC 8032: Ed25519 signs the same statement with the same bytes. */
  static final SoftwareSigner SIGNER =
      signer(
          "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
          "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");

  /** The second one: it signs well, and no policy knows it. */
  static final SoftwareSigner STRANGER =
      signer(
          "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
          "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");

  static final CommandKeys KEYS =
      new CommandKeys(List.of(new CommandKeys.Entry(SIGNER.key(), Set.of("update", "attest"))));

  private DocumentVectors() {}

  static List<Format> formats() throws Malformed {
    String signed = "Policy, reference values, software";
    return List.of(
        new Format("suite", "Suite", suite(), Reader.of(SuiteManifest::parse)),
        new Format("software", signed, software(), Reader.of(SoftwareManifest::parse)),
        new Format("policy", signed, policy(), Reader.of(DevicePolicy::parse)),
        new Format(
            "command",
            "Command",
            command(),
            Reader.of(
                document -> new CommandVerifier(DEVICE, GROUPS).accept(document, KEYS, NOW))));
  }

  private static Vectors suite() {
    SuiteManifest suite =
        new SuiteManifest(
            new ReleaseName("line", "2.0.0"),
            Map.of(
                "defect", new SuiteManifest.Member("1.1.0", digest("release.json")),
                "software/agent", new SuiteManifest.Member("0.2.0", digest("software.json"))),
            StrictJson.object().put("threshold", 0.75));
    return new Vectors()
        .valid("a model and the agent", text(suite.toJson()))
        .changed("a later schema", "bartizan-suite/1", "bartizan-suite/2", "schema")
        .changed("a member above its directory", "\"defect\"", "\"../../root\"", "members")
        .changed("a suite in a suite", "\"defect\"", "\"suite/other\"", "members")
        .changed("a member twice", "software/agent", "defect", "twice")
        .changed("a digest too short", digest("release.json").hex(), "00", "sha256")
        .changed(
            "a configuration that is no object", "{\"threshold\":0.75}", "[1]", "configuration")
        .asJson();
  }

  private static Vectors software() {
    SoftwareManifest software =
        new SoftwareManifest(
            new ReleaseName("agent", "0.2.0"),
            Map.of(
                "bin/bartizan", new SoftwareFile(0, digest("")),
                "lib/a.jar", new SoftwareFile(10, digest("a.jar"))));
    return new Vectors()
        .valid("two files, one of them empty", text(software.toJson()))
        .changed("a later schema", "bartizan-software/1", "bartizan-software/2", "schema")
        .changed("a negative length", ":10", ":-10", "length")
        .changed("no version", "\"version\":\"0.2.0\"", "\"version\":\"\"", "version")
        .asJson();
  }

  private static final SilenceRule STOP =
      new SilenceRule(SilenceRule.Reaction.STOP_SERVING, 3, Duration.ofHours(1));

  private static Vectors policy() throws Malformed {
    DevicePolicy policy =
        new DevicePolicy(
            KEYS, Set.of("defect"), false, false, Set.of(Protection.Kind.TPM2), UpdateTimes.ANY);
    return new Vectors()
        .valid("one key, one model, chips alone", text(policy.toJson()))
        .valid("a silent verifier stops it", text(policy.inSilence(STOP).toJson()))
        .changed("a later schema", "bartizan-policy/1", "bartizan-policy/2", "schema")
        .refused(
            "a silence that follows no report",
            text(policy.inSilence(STOP).toJson()).replace("\"reports\":3", "\"reports\":0"),
            "unanswered")
        .changed("keystores of no kind", "[\"tpm2\"]", "[]", "keystores")
        .changed("a keystore of another kind", "[\"tpm2\"]", "[\"vault\"]", "keystores")
        .changed(
            "a flag that is text",
            "\"updates_alone\":false",
            "\"updates_alone\":\"no\"",
            "updates_alone")
        .asJson();
  }

  private static Vectors command() {
    Vectors vectors = new Vectors();
    vectors.given().put("device", DEVICE.text()).put("now", NOW.getEpochSecond());
    vectors.given().putArray("groups").add("cameras");
    vectors.given().put("policy", text(KEYS.write()));
    String good = signed(SIGNER, Audience.device(DEVICE), "update", NOW);
    int payload = good.indexOf('.') + 1;
    return vectors
        .valid("to the device", good)
        .valid("to its group", signed(SIGNER, Audience.group("cameras"), "attest", NOW))
        .refused(
            "by a key that no policy names",
            signed(STRANGER, Audience.device(DEVICE), "update", NOW),
            "UNKNOWN_KEY")
        .refused(
            "what the key may not command",
            signed(SIGNER, Audience.device(DEVICE), "rollback", NOW),
            "NOT_AUTHORISED")
        .refused(
            "to another device",
            signed(SIGNER, Audience.device(Ueid.of(digest("other"))), "update", NOW),
            "WRONG_AUDIENCE")
        .refused(
            "to a group that it is not in",
            signed(SIGNER, Audience.group("gates"), "update", NOW),
            "WRONG_AUDIENCE")
        .refused(
            "of yesterday",
            signed(SIGNER, Audience.device(DEVICE), "update", NOW.minus(Duration.ofDays(1))),
            "EXPIRED")
        .refused(
            "of tomorrow",
            signed(SIGNER, Audience.device(DEVICE), "update", NOW.plus(Duration.ofDays(1))),
            "NOT_YET_VALID")
        .refused(
            "a changed signature", good.substring(0, good.length() - 4) + "AAAA", "BAD_SIGNATURE")
        .refused(
            "the payload of another",
            good.substring(0, payload)
                + signed(SIGNER, Audience.group("cameras"), "attest", NOW).split("\\.", -1)[1]
                + good.substring(good.lastIndexOf('.')),
            "BAD_SIGNATURE")
        .refused("without its signature", good.substring(0, good.lastIndexOf('.')), "MALFORMED")
        .refused("longer than 8 KiB", good + "A".repeat(8192), "TOO_LONG")
        .refused("nothing", "", "MALFORMED");
  }

  private static String signed(SoftwareSigner signer, Audience audience, String name, Instant at) {
    Command command =
        new Command(
            "operations@example.com",
            audience,
            "c0ffee-0001",
            at,
            at.plus(Duration.ofHours(1)),
            name,
            Map.of("model", "defect", "version", "1.1.0"));
    try {
      return new String(command.sign(signer), US_ASCII);
    } catch (IOException | Refusal impossible) {
      throw new AssertionError(impossible);
    }
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

  static Digest digest(String content) {
    return Digest.of(content.getBytes(UTF_8));
  }

  static String text(byte[] document) {
    return new String(document, UTF_8);
  }
}
