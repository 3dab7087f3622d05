// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.vectors;

import static dev.bartizan.protocol.vectors.DocumentVectors.SIGNER;
import static dev.bartizan.protocol.vectors.DocumentVectors.digest;
import static dev.bartizan.protocol.vectors.DocumentVectors.text;
import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.envelope.ArtifactContext;
import dev.bartizan.crypto.envelope.ArtifactEncryptor;
import dev.bartizan.crypto.envelope.BulkCrypto;
import dev.bartizan.crypto.envelope.ByteSource;
import dev.bartizan.crypto.envelope.EncryptedArtifact;
import dev.bartizan.crypto.envelope.Shards;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.protocol.custody.FleetKeys;
import dev.bartizan.protocol.release.DeltaOffer;
import dev.bartizan.protocol.release.EncryptedFile;
import dev.bartizan.protocol.release.GoldenOffer;
import dev.bartizan.protocol.release.KeyDelivery;
import dev.bartizan.protocol.release.Pieces;
import dev.bartizan.protocol.release.ProbationLimits;
import dev.bartizan.protocol.release.ReleaseManifest;
import dev.bartizan.protocol.release.ReleaseName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What travels of a release: manifest, artifacts, the content key, and whom that is wrapped to. */
final class ReleaseVectors {
  private static final String KEY = "content key of the vectors, 32 B";
  private static final Bytes SALT = Bytes.ofHex("00112233445566778899aabbccddeeff0011223344556677");
  private static final ArtifactContext CONTEXT =
      new ArtifactContext(digest("root"), 7, "model.onnx");
  private static final int CHUNK = 16 * 1024;

  private ReleaseVectors() {}

  static List<Format> formats() throws Exception {
    return List.of(
        new Format("release", "Release manifest", manifest(), ReleaseVectors::readManifest),
        new Format(
            "fleet-keys", "Between author and server", fleetKeys(), ReleaseVectors::readKeys),
        new Format("artifact", "Artifact encryption", artifact(), ReleaseVectors::open),
        new Format("key-envelope", "Key envelope", Envelopes.vectors(), Envelopes::open));
  }

  private static Vectors manifest() {
    EncryptedFile whole = new EncryptedFile("model.onnx", digest("whole"), 87, SALT);
    EncryptedFile delta = new EncryptedFile("from-1.0.0.delta", digest("delta"), 99, SALT);
    EncryptedFile golden = new EncryptedFile("golden.tar", digest("golden"), 5, SALT);
    ReleaseManifest release =
        new ReleaseManifest(
            new ReleaseName("defect", "1.1.0"),
            3,
            "onnx",
            digest("model"),
            new Shards(15, 10, List.of(digest("shard 0"), digest("shard 1"))),
            new Pieces(
                List.of(
                    new Pieces.Piece(4, digest("piece 0")),
                    new Pieces.Piece(11, digest("piece 1")))),
            whole,
            List.of(new DeltaOffer("1.0.0", digest("older root"), delta)),
            Optional.of(new GoldenOffer(golden, 1e-3, 1e-5)),
            ProbationLimits.DEFAULT,
            KeyDelivery.ATTESTED);
    ObjectNode values = StrictJson.object().put("name", "defect").put("version", "1.1.0");
    values.put("epoch", 3).put("keys", "attested").put("chunks_of_whole", 1);
    values.put("delta_from_older_root", "from-1.0.0.delta").put("golden", "golden.tar");
    return new Vectors()
        .valid("all that a release can have", text(release.toJson()), values)
        .changed("a later schema", "bartizan-release/1", "bartizan-release/2", "schema")
        .changed("a root of other shards", release.model().root().hex(), "00".repeat(32), "root")
        .changed("a shard too few", "\"length\":15", "\"length\":25", "shards")
        .changed("pieces that are not all", "[4,11]", "[4,12]", "pieces")
        .changed("shards of nothing", "\"shard_size\":10", "\"shard_size\":0", "shard_size")
        .changed("a name above its directory", "\"defect\"", "\"../defect\"", "name")
        .changed("a negative epoch", "\"epoch\":3", "\"epoch\":-3", "epoch")
        .changed("keys by another way", "\"attested\"", "\"posted\"", "keys")
        .changed("a salt too short", SALT.hex(), "00", "salt")
        .changed("any output is right", ":0.001", ":7", "tolerance")
        .asJson();
  }

  private static ObjectNode readManifest(byte[] document) throws Refusal {
    ReleaseManifest release = ReleaseManifest.parse(document);
    ObjectNode values = StrictJson.object().put("name", release.release().name());
    values.put("version", release.release().version()).put("epoch", release.epoch());
    values.put("keys", release.keys().text());
    long whole = ArtifactEncryptor.plainPosition(release.whole().length()) / CHUNK + 1;
    values.put("chunks_of_whole", whole);
    release
        .deltaFrom(digest("older root"))
        .ifPresent(delta -> values.put("delta_from_older_root", delta.file().file()));
    release.golden().ifPresent(golden -> values.put("golden", golden.file().file()));
    return values;
  }

  private static Vectors fleetKeys() throws Exception {
    FleetKeys keys =
        new FleetKeys("fleet.example", Envelopes.authority(), Envelopes.keyBroker(), SIGNER.key());
    String broker = StrictJson.object().put("a", Envelopes.pem("key-broker")).get("a").toString();
    String authority = StrictJson.object().put("a", Envelopes.pem("authority")).get("a").toString();
    ObjectNode values = StrictJson.object().put("trust_domain", "fleet.example");
    values.put("fingerprint", keys.fingerprint().hex()).put("command_kid", SIGNER.key().kid());
    return new Vectors()
        .valid("a fleet", text(keys.toJson()), values)
        .changed("a later schema", "bartizan-fleet-keys/1", "bartizan-fleet-keys/2", "schema")
        .changed("a trust domain that is a path", "fleet.example", "../fleet", "trust domain")
        .changed("the authority as key broker", broker, authority, "key_broker")
        .changed("a command key without a name", "\"kid\"", "\"kit\"", "kid")
        .asJson();
  }

  private static ObjectNode readKeys(byte[] document) throws Refusal {
    FleetKeys keys = FleetKeys.read(document, "fleet-keys.json");
    return StrictJson.object()
        .put("trust_domain", keys.trustDomain())
        .put("fingerprint", keys.fingerprint().hex())
        .put("command_kid", keys.commandKey().kid());
  }

  private static Vectors artifact() throws IOException {
    byte[] nothing = new byte[0];
    byte[] full = new byte[CHUNK];
    Arrays.fill(full, (byte) 'x');
    byte[] small = encrypt("weights".getBytes(US_ASCII), CONTEXT);
    byte[] two = encrypt(full, CONTEXT);
    ArtifactContext later = new ArtifactContext(CONTEXT.root(), 8, CONTEXT.file());
    ArtifactContext named = new ArtifactContext(CONTEXT.root(), 7, "golden.tar");
    Vectors vectors = new Vectors();
    vectors.given().put("content_key", Bytes.of(KEY.getBytes(US_ASCII)).hex());
    vectors.given().put("root", CONTEXT.root().hex()).put("epoch", 7).put("file", "model.onnx");
    return vectors
        .valid("seven bytes", small, plain("weights".getBytes(US_ASCII)))
        .valid("nothing", encrypt(nothing, CONTEXT), plain(nothing))
        .valid("one chunk to the byte, and an empty one behind it", two, plain(full))
        .refused("without the last chunk", Arrays.copyOf(two, two.length - 16), "TRUNCATED")
        .refused("a byte short", Arrays.copyOf(small, small.length - 1), "TAMPERED")
        .refused("a byte of the plaintext changed", Vectors.flipped(small, 56), "TAMPERED")
        .refused("a byte of the tag changed", Vectors.flipped(small, -1), "TAMPERED")
        .refused("another commitment", Vectors.flipped(small, 24), "WRONG_KEY")
        .refused("another salt", Vectors.flipped(small, 0), "WRONG_KEY")
        .refused("of a later epoch", encrypt(full, later), "WRONG_KEY")
        .refused("another file of the release", encrypt(full, named), "WRONG_KEY")
        .refused("nothing at all", nothing, "TRUNCATED");
  }

  private static ObjectNode plain(byte[] content) {
    return StrictJson.object()
        .put("length", content.length)
        .put("sha256", Digest.of(content).hex());
  }

  private static byte[] encrypt(byte[] plain, ArtifactContext context) throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try (SecretBytes key = SecretBytes.take(KEY.getBytes(US_ASCII));
        ArtifactEncryptor encryptor =
            ArtifactEncryptor.begin(
                key,
                SALT,
                context,
                BulkCrypto.platform(),
                chunk -> {
                  byte[] copy = new byte[chunk.remaining()];
                  chunk.get(copy);
                  file.writeBytes(copy);
                })) {
      encryptor.write(ByteBuffer.wrap(plain));
      encryptor.finish();
    }
    return file.toByteArray();
  }

  private static ObjectNode open(byte[] document) throws IOException, Refusal {
    try (SecretBytes key = SecretBytes.take(KEY.getBytes(US_ASCII));
        EncryptedArtifact artifact =
            EncryptedArtifact.open(ByteSource.of(document), key, CONTEXT, BulkCrypto.platform())) {
      ByteBuffer content = ByteBuffer.allocate((int) artifact.length());
      artifact.reader().read(0, content);
      return plain(content.array());
    }
  }
}
