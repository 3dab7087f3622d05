// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.release;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.envelope.ArtifactContext;
import dev.bartizan.crypto.envelope.Shards;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A model release: {@code models/NAME/VERSION/release.json} (docs/wire-formats.md, "Release
 * manifest").
 *
 * @param release which model, which version
 * @param epoch raised when releases before it must not be opened any more
 * @param format what the runtime reads, {@code "onnx"}
 * @param digest SHA-256 of the whole plaintext
 * @param model the plaintext, shard by shard
 * @param pieces the same plaintext, cut at its tensors
 * @param whole the model, encrypted
 * @param deltas differences from older versions
 * @param golden how to try it, when its makers said how
 * @param guards what it must keep to in probation
 * @param keys when devices get its content key
 */
public record ReleaseManifest(
    ReleaseName release,
    long epoch,
    String format,
    Digest digest,
    Shards model,
    Pieces pieces,
    EncryptedFile whole,
    List<DeltaOffer> deltas,
    Optional<GoldenOffer> golden,
    ProbationLimits guards,
    KeyDelivery keys) {
  public static final String SCHEMA = "bartizan-release/1";

  /** Room for the digests of 65,536 shards. */
  public static final int MAX_LENGTH = 8 << 20;

  private static final DocumentForm FORM = new DocumentForm("release.json", SCHEMA, MAX_LENGTH);

  private static final String KEYS = "keys";
  private static final int MAX_SHARDS = 1 << 16;
  private static final int MAX_SHARD = 64 << 20;
  private static final int MAX_DELTAS = 64;
  private static final int MAX_TEXT = 64;
  private static final double MAX_TOLERANCE = 1;

  public ReleaseManifest {
    deltas = List.copyOf(deltas);
  }

  /** What {@code file} of this release was encrypted for. */
  public ArtifactContext context(EncryptedFile file) {
    return new ArtifactContext(model.root(), epoch, file.file());
  }

  /** The difference from the model with that shard root, if the release offers one. */
  public Optional<DeltaOffer> deltaFrom(Digest root) {
    return deltas.stream().filter(offer -> offer.fromRoot().equals(root)).findFirst();
  }

  /**
   * Reads a manifest whose bytes have been checked against signed metadata.
   *
   * @throws Malformed naming the member at fault; a newer schema is malformed too
   */
  public static ReleaseManifest parse(byte[] json) throws Malformed {
    JsonFields fields = FORM.read(json);
    List<DeltaOffer> deltas = new ArrayList<>();
    for (JsonFields delta : fields.objects("deltas", MAX_DELTAS)) {
      deltas.add(
          new DeltaOffer(
              delta.text("from_version", MAX_TEXT),
              delta.digest("from_root"),
              EncryptedFile.parse(delta)));
    }
    Shards model = shards(fields.object("model"));
    return new ReleaseManifest(
        FORM.release(fields),
        fields.number("epoch"),
        fields.text("format", MAX_TEXT),
        fields.object("model").digest("sha256"),
        model,
        fields.has("pieces") ? Pieces.parse(fields.object("pieces"), model.length()) : Pieces.NONE,
        EncryptedFile.parse(fields.object("whole")),
        deltas,
        fields.has("golden") ? Optional.of(golden(fields.object("golden"))) : Optional.empty(),
        ProbationLimits.parse(fields.object("guards")),
        fields.has(KEYS) ? KeyDelivery.read(fields.text(KEYS, MAX_TEXT)) : KeyDelivery.AHEAD);
  }

  private static Shards shards(JsonFields fields) throws Malformed {
    long size = fields.number("shard_size");
    if (size < 1 || size > MAX_SHARD) {
      throw new Malformed("release.json.model.shard_size is not between 1 and " + MAX_SHARD);
    }
    List<Digest> digests = new ArrayList<>();
    for (String hex : fields.texts("shards_sha256", MAX_SHARDS, 2 * Digest.LENGTH)) {
      digests.add(JsonFields.parseDigest("release.json.model.shards_sha256", hex));
    }
    Shards shards;
    try {
      shards = new Shards(fields.number("length"), (int) size, digests);
    } catch (IllegalArgumentException inconsistent) {
      throw new Malformed("release.json.model: " + inconsistent.getMessage(), inconsistent);
    }
    if (!shards.root().equals(fields.digest("root"))) {
      throw new Malformed("release.json.model.root is not the root of its shards");
    }
    return shards;
  }

  private static GoldenOffer golden(JsonFields fields) throws Malformed {
    return new GoldenOffer(
        EncryptedFile.parse(fields),
        fields.fraction("relative_tolerance", MAX_TOLERANCE),
        fields.fraction("absolute_tolerance", MAX_TOLERANCE));
  }

  /** The manifest as it is published: UTF-8, members in this order. */
  public byte[] toJson() {
    ObjectNode json = FORM.begin(release).put("epoch", epoch).put("format", format);
    json.set("model", shardsJson());
    if (!pieces.pieces().isEmpty()) {
      json.set("pieces", pieces.toJson());
    }
    json.set("whole", whole.toJson());
    ArrayNode offers = json.putArray("deltas");
    deltas.forEach(delta -> offers.add(deltaJson(delta)));
    golden.ifPresent(offer -> json.set("golden", goldenJson(offer)));
    json.set("guards", guards.toJson());
    if (keys != KeyDelivery.AHEAD) {
      json.put(KEYS, keys.text());
    }
    return StrictJson.write(json);
  }

  private ObjectNode shardsJson() {
    ObjectNode json =
        StrictJson.object()
            .put("length", model.length())
            .put("sha256", digest.hex())
            .put("root", model.root().hex())
            .put("shard_size", model.shardSize());
    ArrayNode digests = json.putArray("shards_sha256");
    model.digests().forEach(digest -> digests.add(digest.hex()));
    return json;
  }

  private static JsonNode deltaJson(DeltaOffer delta) {
    ObjectNode json = delta.file().toJson();
    return json.put("from_version", delta.fromVersion()).put("from_root", delta.fromRoot().hex());
  }

  private static JsonNode goldenJson(GoldenOffer golden) {
    ObjectNode json = golden.file().toJson();
    return json.put("relative_tolerance", golden.relativeTolerance())
        .put("absolute_tolerance", golden.absoluteTolerance());
  }
}
