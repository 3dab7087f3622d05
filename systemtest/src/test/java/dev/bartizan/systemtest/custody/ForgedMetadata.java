// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.custody;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.author.keys.KeyFolder;
import dev.bartizan.author.keys.KeyRing;
import dev.bartizan.author.keys.KeySecrets;
import dev.bartizan.author.keys.MetadataSigning;
import dev.bartizan.author.keys.MetadataSigning.Demand;
import dev.bartizan.author.keys.RoleKey;
import dev.bartizan.crypto.Digest;
import dev.bartizan.updater.tuf.CanonicalJson;
import dev.bartizan.updater.tuf.RoleName;
import dev.bartizan.updater.tuf.SignatureScheme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;

/**
 * A repository in which one role has said something new, and all above it vouch for that: as if
 * whoever signed for the role had snapshot and timestamp on his side.
 */
final class ForgedMetadata {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> UNMENTIONED = List.of("root", "snapshot", "timestamp");

  private final Path metadata;
  private final MetadataSigning genuine;
  private final Collection<PrivateKey> stolen;

  /**
   * @param metadata the folder to change
   * @param keys the author's own, for the roles above the forged one
   * @param stolen what the forger has
   */
  ForgedMetadata(Path metadata, Path keys, Collection<PrivateKey> stolen) {
    this.metadata = metadata;
    this.genuine =
        new MetadataSigning(new KeyRing(new KeyFolder(keys), KeySecrets.NONE, new SecureRandom()));
    this.stolen = stolen;
  }

  /** Signs the next version of {@code role} with the stolen keys. */
  void forge(String role) throws Exception {
    publish(role, this::signedByTheThief);
  }

  /** Signs the same with the author's own: what the client accepts. */
  void signGenuinely(String role) throws Exception {
    publish(role, signed -> genuinely(role, signed));
  }

  private void publish(String role, Function<ObjectNode, byte[]> signer) throws Exception {
    ObjectNode said = (ObjectNode) newest(role).path("signed");
    say(role, said);
    byte[] file = signer.apply(said);
    write(role, said, file);
    if (!UNMENTIONED.contains(role)) {
      mention("snapshot", role, said, file);
    } else if (role.equals("snapshot")) {
      mention("timestamp", role, said, file);
    }
  }

  private void mention(String speaker, String role, ObjectNode said, byte[] file) throws Exception {
    ObjectNode signed = (ObjectNode) newest(speaker).path("signed");
    ObjectNode entry = signed.withObject("meta").putObject(role + ".json");
    entry.put("version", said.path("version").asLong()).put("length", file.length);
    entry.putObject("hashes").put("sha256", Digest.of(file).hex());
    signed.put("version", signed.path("version").asLong() + 1);
    byte[] own = genuinely(speaker, signed);
    write(speaker, signed, own);
    if (speaker.equals("snapshot")) {
      mention("timestamp", "snapshot", signed, own);
    }
  }

  /** Something new; from root and targets, that the thief's keys are everybody's. */
  private void say(String role, ObjectNode signed) throws GeneralSecurityException, IOException {
    signed.put("version", signed.path("version").asLong() + 1);
    JsonNode delegations = signed.path("delegations");
    if (role.equals("root")) {
      takeOver((ObjectNode) signed.path("keys"), signed.path("roles"));
    } else if (role.equals("targets")) {
      takeOver((ObjectNode) delegations.path("keys"), delegations.path("roles"));
    } else if (!UNMENTIONED.contains(role)) {
      ObjectNode target = signed.withObject("targets").putObject(role + "/evil");
      target.put("length", 1).putObject("hashes").put("sha256", "0".repeat(64));
    }
  }

  private void takeOver(ObjectNode keys, JsonNode roles)
      throws GeneralSecurityException, IOException {
    for (PrivateKey key : stolen) {
      RoleKey named = named(key);
      keys.set(named.id(), named.toJson());
      for (JsonNode role : roles) {
        ((ArrayNode) role.path("keyids")).add(named.id());
        ((ObjectNode) role).put("threshold", 1);
      }
    }
  }

  /** Every stolen key signs, in its own name and in that of every key the role has. */
  private byte[] signedByTheThief(ObjectNode signed) {
    try {
      byte[] message = CanonicalJson.encode(signed);
      ObjectNode file = JSON.createObjectNode();
      ArrayNode signatures = file.putArray("signatures");
      Set<String> used = new HashSet<>();
      for (PrivateKey key : stolen) {
        sign(signatures, named(key).id(), key, message, used);
      }
      for (String id : everyKeyId()) {
        for (PrivateKey key : stolen) {
          // A client takes one signature of each key: the forger's first try stands.
          sign(signatures, id, key, message, used);
        }
      }
      file.set("signed", signed);
      return JSON.writeValueAsBytes(file);
    } catch (GeneralSecurityException | IOException broken) {
      throw new IllegalStateException(broken);
    }
  }

  private static void sign(
      ArrayNode signatures, String id, PrivateKey key, byte[] message, Set<String> used)
      throws GeneralSecurityException {
    if (used.add(id)) {
      Signature signature = scheme(key).forSigning();
      signature.initSign(key);
      signature.update(message);
      String made = HexFormat.of().formatHex(signature.sign());
      signatures.addObject().put("keyid", id).put("sig", made);
    }
  }

  private List<String> everyKeyId() throws IOException {
    Set<String> ids = new HashSet<>();
    newest("root").at("/signed/keys").fieldNames().forEachRemaining(ids::add);
    newest("targets").at("/signed/delegations/keys").fieldNames().forEachRemaining(ids::add);
    return List.copyOf(ids);
  }

  private byte[] genuinely(String role, ObjectNode signed) {
    try {
      JsonNode entry = entry(role);
      Set<String> ids = new HashSet<>();
      entry.path("keyids").forEach(id -> ids.add(id.asText()));
      Demand demand = new Demand(role, ids, entry.path("threshold").asInt());
      return genuine.sign(signed, List.of(demand)).toArray();
    } catch (IOException | dev.bartizan.crypto.Refusal broken) {
      throw new IllegalStateException(broken);
    }
  }

  private JsonNode entry(String role) throws IOException {
    JsonNode topLevel = original("root").at("/signed/roles").path(role);
    if (topLevel.isObject()) {
      return topLevel;
    }
    for (JsonNode delegated : original("targets").at("/signed/delegations/roles")) {
      if (delegated.path("name").asText().equals(role)) {
        return delegated;
      }
    }
    throw new IllegalStateException("no role " + role);
  }

  private JsonNode original(String role) throws IOException {
    return JSON.readTree(metadata.resolve("1." + role + ".json").toFile());
  }

  private JsonNode newest(String role) throws IOException {
    if (role.equals("timestamp")) {
      return JSON.readTree(metadata.resolve("timestamp.json").toFile());
    }
    int version = 1;
    while (Files.exists(metadata.resolve((version + 1) + "." + role + ".json"))) {
      version++;
    }
    return JSON.readTree(metadata.resolve(version + "." + role + ".json").toFile());
  }

  private void write(String role, ObjectNode signed, byte[] file) throws IOException {
    RoleName name = new RoleName(role);
    boolean versioned = !role.equals("timestamp");
    String place = versioned ? name.fileName(signed.path("version").asLong()) : name.fileName();
    Files.write(metadata.resolve(place), file);
  }

  private static RoleKey named(PrivateKey key) throws GeneralSecurityException, IOException {
    return new RoleKey("thief", scheme(key), publicHalf(key));
  }

  private static SignatureScheme scheme(PrivateKey key) {
    return key instanceof ECPrivateKey ? SignatureScheme.ECDSA_P256 : SignatureScheme.ED25519;
  }

  private static PublicKey publicHalf(PrivateKey key) throws GeneralSecurityException, IOException {
    var secret = PrivateKeyFactory.createKey(key.getEncoded());
    var open =
        secret instanceof ECPrivateKeyParameters ec
            ? new ECPublicKeyParameters(
                ec.getParameters().getG().multiply(ec.getD()), ec.getParameters())
            : ((Ed25519PrivateKeyParameters) secret).generatePublicKey();
    return KeyFactory.getInstance(key.getAlgorithm())
        .generatePublic(
            new X509EncodedKeySpec(
                SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(open).getEncoded()));
  }
}
