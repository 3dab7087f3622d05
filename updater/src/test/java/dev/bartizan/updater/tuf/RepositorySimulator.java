// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.tuf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.generators.MLDSAKeyPairGenerator;
import org.bouncycastle.crypto.params.MLDSAKeyGenerationParameters;
import org.bouncycastle.crypto.params.MLDSAParameters;
import org.bouncycastle.crypto.params.MLDSAPrivateKeyParameters;
import org.bouncycastle.crypto.params.MLDSAPublicKeyParameters;
import org.jspecify.annotations.Nullable;

/**
 * A TUF repository in memory with real keys, honest or not: a test changes what a role says, has it
 * signed and published, and looks at what the client makes of it.
 */
public final class RepositorySimulator implements MetadataSource {
  public static final Instant START = Instant.parse("2030-01-01T00:00:00Z");
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final List<String> TOP_LEVEL = List.of("root", "timestamp", "snapshot", "targets");

  /** A signing key and the id it goes by. */
  public record Signer(String id, SignatureScheme scheme, KeyPair pair) {}

  private final Map<String, ObjectNode> signed = new LinkedHashMap<>();
  private final Map<String, List<Signer>> signers = new LinkedHashMap<>();
  private final Map<String, String> delegators = new LinkedHashMap<>();
  private List<Signer> lastRootSigners = List.of();
  private final Map<String, byte[]> files = new TreeMap<>();
  private final List<String> requests = new ArrayList<>();

  public RepositorySimulator() {
    this(SignatureScheme.ED25519);
  }

  /**
   * @param scheme of the first key of each role
   */
  public RepositorySimulator(SignatureScheme scheme) {
    for (String role : TOP_LEVEL) {
      signed.put(role, header(role, 0));
    }
    root().put("consistent_snapshot", true);
    root().putObject("keys");
    root().putObject("roles");
    timestamp().putObject("meta");
    snapshot().putObject("meta");
    signed("targets").putObject("targets");
    for (String role : TOP_LEVEL) {
      root().withObject("roles").putObject(role).put("threshold", 1).putArray("keyids");
      addKey(role, scheme);
    }
    publishRoot();
    release("targets");
  }

  private RepositorySimulator(RepositorySimulator origin) {
    origin.signed.forEach((role, says) -> signed.put(role, says.deepCopy()));
    origin.signers.forEach((role, keys) -> signers.put(role, new ArrayList<>(keys)));
    delegators.putAll(origin.delegators);
    lastRootSigners = origin.lastRootSigners;
    files.putAll(origin.files);
  }

  /** Another repository with the same keys, which has said the same until now. */
  public RepositorySimulator copy() {
    return new RepositorySimulator(this);
  }

  /** All that it serves now. */
  public Map<String, byte[]> allServed() {
    return Map.copyOf(files);
  }

  @Override
  public Optional<byte[]> find(String fileName, int limit) {
    requests.add(fileName);
    return Optional.ofNullable(files.get(fileName))
        .map(content -> Arrays.copyOf(content, Math.min(content.length, limit + 1)));
  }

  /** The names asked for since the last call. */
  public List<String> takeRequests() {
    List<String> taken = List.copyOf(requests);
    requests.clear();
    return taken;
  }

  /** The bytes served under {@code fileName}. */
  public byte[] served(String fileName) {
    return present(files.get(fileName), fileName);
  }

  /** Serves {@code content}, whatever it is. */
  public void serve(String fileName, byte[] content) {
    files.put(fileName, content);
  }

  /** Answers "not found" from now on. */
  public void unserve(String fileName) {
    files.remove(fileName);
  }

  public byte[] rootFile(long version) {
    return served(version + ".root.json");
  }

  /** What {@code role} will say when it is next signed. */
  public ObjectNode signed(String role) {
    return present(signed.get(role), role);
  }

  public ObjectNode root() {
    return signed("root");
  }

  public ObjectNode timestamp() {
    return signed("timestamp");
  }

  public ObjectNode snapshot() {
    return signed("snapshot");
  }

  /** The description of {@code role} in whatever delegates to it. */
  public ObjectNode description(String role) {
    if (TOP_LEVEL.contains(role)) {
      return (ObjectNode) root().path("roles").path(role);
    }
    return description(delegatorOf(role), role);
  }

  private String delegatorOf(String role) {
    return present(delegators.get(role), role);
  }

  private static <T> T present(@Nullable T value, String name) {
    if (value == null) {
      throw new IllegalArgumentException("this repository has no " + name);
    }
    return value;
  }

  private ObjectNode description(String delegator, String role) {
    for (JsonNode entry : signed(delegator).path("delegations").path("roles")) {
      if (entry.path("name").asText().equals(role)) {
        return (ObjectNode) entry;
      }
    }
    throw new IllegalArgumentException("nobody delegates to " + role);
  }

  /** The keys that sign for {@code role}, to be changed at will. */
  public List<Signer> signers(String role) {
    return signers.computeIfAbsent(role, any -> new ArrayList<>());
  }

  /** Gives {@code role} one more key, known to its delegator. */
  public Signer addKey(String role, SignatureScheme scheme) {
    Signer signer = newSigner(scheme);
    signers(role).add(signer);
    declare(TOP_LEVEL.contains(role) ? "root" : delegatorOf(role), role, signer);
    return signer;
  }

  /** Lets {@code delegator} name {@code signer} for {@code role}. */
  public void declare(String delegator, String role, Signer signer) {
    boolean top = delegator.equals("root");
    ObjectNode keys = top ? root() : (ObjectNode) signed(delegator).path("delegations");
    ObjectNode key = keys.withObject("keys").putObject(signer.id());
    key.put("keytype", signer.scheme().keyType()).put("scheme", signer.scheme().wireName());
    key.putObject("keyval").put("public", signer.scheme().encode(signer.pair().getPublic()));
    ObjectNode description = top ? description(role) : description(delegator, role);
    ((ArrayNode) description.path("keyids")).add(signer.id());
  }

  /** Replaces all keys of a top-level role by one new key. */
  public void rotateKeys(String role) {
    ((ArrayNode) description(role).path("keyids")).removeAll();
    signers(role).clear();
    addKey(role, SignatureScheme.ED25519);
  }

  /** Lets {@code delegator} delegate {@code paths} to {@code role}, with a key of its own. */
  public void delegate(String delegator, String role, boolean terminating, String... paths) {
    describe(delegator, role, terminating).putArray("paths");
    Arrays.stream(paths).forEach(description(delegator, role).withArray("paths")::add);
    addKey(role, SignatureScheme.ED25519);
  }

  /** Lets {@code delegator} delegate by hash prefix. */
  public void delegateByHash(String delegator, String role, String... prefixes) {
    describe(delegator, role, false).putArray("path_hash_prefixes");
    Arrays.stream(prefixes)
        .forEach(description(delegator, role).withArray("path_hash_prefixes")::add);
    addKey(role, SignatureScheme.ED25519);
  }

  private ObjectNode describe(String delegator, String role, boolean terminating) {
    delegators.put(role, delegator);
    signed.computeIfAbsent(role, name -> header("targets", 0)).withObject("targets");
    ObjectNode delegations = signed(delegator).withObject("delegations");
    delegations.withObject("keys");
    ObjectNode entry = delegations.withArray("roles").addObject();
    entry.put("name", role).put("terminating", terminating).put("threshold", 1);
    entry.putArray("keyids");
    return entry;
  }

  /** Lets {@code role} vouch for {@code content}. */
  public void addTarget(String role, String path, String content) {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    ObjectNode entry = signed(role).withObject("targets").putObject(path);
    entry.put("length", bytes.length);
    entry.putObject("hashes").put("sha256", Digest.of(bytes).hex());
  }

  /** One version up for each of {@code roles}, and for snapshot and timestamp, all published. */
  public void release(String... roles) {
    for (String role : roles) {
      bump(role);
      publish(role);
    }
    releaseSnapshot();
  }

  /** One version up for snapshot and timestamp. */
  public void releaseSnapshot() {
    bump("snapshot");
    publishSnapshot();
    releaseTimestamp();
  }

  /** One version up for timestamp, which names the present snapshot. */
  public void releaseTimestamp() {
    bump("timestamp");
    timestamp().withObject("meta").putObject("snapshot.json").put("version", version("snapshot"));
    publish("timestamp");
  }

  /** The snapshot of all targets roles as they are now, in the version it has. */
  public void publishSnapshot() {
    signed.keySet().stream()
        .filter(role -> role.equals("targets") || !TOP_LEVEL.contains(role))
        .forEach(
            role ->
                snapshot()
                    .withObject("meta")
                    .putObject(role + ".json")
                    .put("version", version(role)));
    publish("snapshot");
  }

  /** The next root, signed by the keys of the last one and of itself. */
  public void publishRoot() {
    bump("root");
    List<Signer> both = new ArrayList<>(signers("root"));
    lastRootSigners.stream().filter(signer -> !both.contains(signer)).forEach(both::add);
    files.put(version("root") + ".root.json", sign("root", both));
    lastRootSigners = List.copyOf(signers("root"));
  }

  /** Signs what {@code role} says now and serves it, without a new version. */
  public void publish(String role) {
    byte[] file = sign(role, signers(role));
    String name = new RoleName(role).fileName();
    files.put(role.equals("timestamp") ? name : version(role) + "." + name, file);
  }

  public long version(String role) {
    return signed(role).path("version").asLong();
  }

  public void setVersion(String role, long version) {
    signed(role).put("version", version);
  }

  private void bump(String role) {
    setVersion(role, version(role) + 1);
  }

  /** The file of {@code role} with the signatures of {@code by}. */
  public byte[] sign(String role, List<Signer> by) {
    ObjectNode envelope = JSON.objectNode();
    ArrayNode signatures = envelope.putArray("signatures");
    byte[] message = CanonicalJson.encode(signed(role));
    for (Signer signer : by) {
      String signature = HexFormat.of().formatHex(signature(signer, message));
      signatures.addObject().put("keyid", signer.id()).put("sig", signature);
    }
    envelope.set("signed", signed(role).deepCopy());
    return envelope.toPrettyString().getBytes(StandardCharsets.UTF_8);
  }

  /** A real signature. */
  public static byte[] signature(Signer signer, byte[] message) {
    try {
      Signature signature = signer.scheme().forSigning();
      signature.initSign(signer.pair().getPrivate());
      signature.update(message);
      return signature.sign();
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** A fresh key. */
  public static Signer newSigner(SignatureScheme scheme) {
    try {
      KeyPair pair = newPair(scheme);
      String spelled = scheme.encode(pair.getPublic());
      return new Signer(Digest.of(spelled.getBytes(StandardCharsets.UTF_8)).hex(), scheme, pair);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static KeyPair newPair(SignatureScheme scheme) throws GeneralSecurityException {
    KeyPair classical = generator(scheme.classical()).generateKeyPair();
    if (!scheme.isHybrid()) {
      return classical;
    }
    MLDSAKeyPairGenerator generator = new MLDSAKeyPairGenerator();
    generator.init(new MLDSAKeyGenerationParameters(new SecureRandom(), MLDSAParameters.ml_dsa_65));
    AsymmetricCipherKeyPair mlDsa = generator.generateKeyPair();
    byte[] raw = ((MLDSAPublicKeyParameters) mlDsa.getPublic()).getEncoded();
    return new KeyPair(
        new HybridPublicKey(classical.getPublic(), Bytes.of(raw)),
        new HybridPrivateKey(
            classical.getPrivate(), (MLDSAPrivateKeyParameters) mlDsa.getPrivate()));
  }

  private static KeyPairGenerator generator(SignatureScheme scheme)
      throws GeneralSecurityException {
    return switch (scheme) {
      case ED25519 -> KeyPairGenerator.getInstance("Ed25519");
      case ECDSA_P256 -> onCurve("secp256r1");
      case ECDSA_P384 -> onCurve("secp384r1");
      case RSA_PSS_SHA256 -> KeyPairGenerator.getInstance("RSA");
      case ED25519_ML_DSA_65, ECDSA_P256_ML_DSA_65 ->
          throw new IllegalStateException("not classical: " + scheme);
    };
  }

  private static KeyPairGenerator onCurve(String curve) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(curve));
    return generator;
  }

  private static ObjectNode header(String type, long version) {
    return JSON.objectNode()
        .put("_type", type)
        .put("spec_version", "1.0.34")
        .put("version", version)
        .put("expires", START.plus(Duration.ofDays(30)).toString());
  }
}
