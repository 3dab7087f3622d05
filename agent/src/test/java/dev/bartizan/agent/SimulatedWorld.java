// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent;

import dev.bartizan.agent.command.Inbox;
import dev.bartizan.agent.config.AgentConfig;
import dev.bartizan.agent.identity.Credentials;
import dev.bartizan.agent.identity.KeystoreBlobs;
import dev.bartizan.agent.report.LogPlace;
import dev.bartizan.agent.system.ServiceManager;
import dev.bartizan.agent.world.Host;
import dev.bartizan.agent.world.Time;
import dev.bartizan.agent.world.Workers;
import dev.bartizan.agent.world.World;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.keystore.KeyPurpose;
import dev.bartizan.crypto.keystore.PcrApprovals;
import dev.bartizan.crypto.keystore.SoftwareKeystore;
import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.disk.FakeDisk;
import dev.bartizan.updater.engine.Engine;
import dev.bartizan.updater.engine.onnx.OnnxRuntime;
import dev.bartizan.updater.fetch.Transport;
import dev.bartizan.updater.software.Installation;
import dev.bartizan.updater.tuf.RepositorySimulator;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A world of which everything is fake but the program: clock, disk, network, keys, threads. */
final class SimulatedWorld implements World {
  private static final String TARGETS = "targets/";

  /** What all lives have in common: it costs too much to be made for each. */
  record Ground(
      AgentConfig config,
      Installation installation,
      DeviceKeystore keystore,
      FakeDisk enrolled,
      Engine runtime) {

    static Ground in(Path home) throws Exception {
      Files.writeString(Files.createDirectories(home.resolve("bin")).resolve("a"), "bin");
      Files.writeString(Files.createDirectories(home.resolve("lib")).resolve("a"), "lib");
      FakeDisk disk = new FakeDisk();
      byte[] password = "for a test".getBytes(StandardCharsets.US_ASCII);
      DeviceKeystore keystore =
          SoftwareKeystore.create(
              new KeystoreBlobs(disk),
              () -> SecretBytes.take(password.clone()),
              new SecureRandom());
      new Credentials(
              certificate(keystore.publicKey(KeyPurpose.IDENTITY)),
              certificate(keystore.publicKey(KeyPurpose.UNWRAP)))
          .store(disk);
      Inbox.begin(disk, RepositorySimulator.START);
      Path root = home.resolve("root.json");
      String toml =
          """
          [repository]
          url = "http://updates.example/"
          trust_root = "%s"
          [device]
          event_log = "%s/none"
          userspace_log = "%s/none"
          """
              .formatted(root, home, home);
      return new Ground(
          AgentConfig.read(Files.writeString(home.resolve("agent.toml"), toml)),
          new Installation(home, "0.1.0"),
          keystore,
          disk,
          OnnxRuntime.open(1));
    }

    private static String certificate(PublicKey key) throws Exception {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair authority = generator.generateKeyPair();
      X500Name name = new X500Name("CN=test");
      byte[] der =
          new JcaX509v3CertificateBuilder(
                  name, BigInteger.ONE, new Date(0), new Date(1L << 41), name, key)
              .build(new JcaContentSignerBuilder("SHA256withECDSA").build(authority.getPrivate()))
              .getEncoded();
      return "-----BEGIN CERTIFICATE-----\n"
          + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
          + "\n-----END CERTIFICATE-----\n";
    }
  }

  private final Ground ground;
  private final FakeDisk disk;
  private final RepositorySimulator repository;
  private final Map<String, byte[]> targets = new TreeMap<>();
  Instant now = RepositorySimulator.START;
  long nanos;
  boolean isOnline = true;

  SimulatedWorld(Ground ground, RepositorySimulator repository) {
    this.ground = ground;
    this.disk = ground.enrolled().copy();
    this.repository = repository;
  }

  AgentConfig config() {
    return ground.config();
  }

  /** Signs a document, and serves it. */
  void publish(String path, byte[] content) {
    repository.addTarget("targets", path, new String(content, StandardCharsets.UTF_8));
    repository.release("targets");
    targets.put(path, content);
  }

  long version() {
    return repository.version("targets");
  }

  FakeDisk fakeDisk() {
    return disk;
  }

  void pass(Duration time) {
    now = now.plus(time);
    nanos += time.toNanos();
  }

  @Override
  public Host host() {
    Time time = new Time(() -> now, () -> nanos, this::pass);
    return new Host(
        ground.installation(),
        Optional.empty(),
        time,
        new SecureRandom(),
        ServiceManager.ofEnvironment(),
        new Workers(new Hand(), 1, name -> new Hand()));
  }

  @Override
  public Disk disk() {
    return disk;
  }

  @Override
  public Transport transport(URI server) {
    return (path, offset, count) -> {
      if (!isOnline) {
        throw new IOException("no route to host");
      }
      Optional<byte[]> content =
          path.startsWith("metadata/")
              ? repository.find(path.substring("metadata/".length()), Integer.MAX_VALUE - 1)
              : target(path);
      return content.isPresent()
          ? new Transport.Response(
              200,
              0,
              OptionalLong.of(content.get().length),
              new ByteArrayInputStream(content.get()))
          : new Transport.Response(
              404, 0, OptionalLong.empty(), new ByteArrayInputStream(new byte[0]));
    };
  }

  private Optional<byte[]> target(String path) {
    String digest = path.substring(path.lastIndexOf('/') + 1).replaceAll("\\..*", "");
    return targets.values().stream()
        .filter(it -> path.startsWith(TARGETS) && Digest.of(it).hex().equals(digest))
        .findFirst();
  }

  @Override
  public DeviceKeystore keystore(PcrApprovals approvals) {
    return ground.keystore();
  }

  @Override
  public DeviceKeystore nextKeystore(PcrApprovals approvals) {
    throw new UnsupportedOperationException("nobody rotates keys in these lives");
  }

  @Override
  public LogPlace measurementLog() {
    return new LogPlace() {
      @Override
      public Optional<byte[]> read() {
        return Optional.empty();
      }

      @Override
      public void write(byte[] log) throws IOException {
        throw new IOException("a keystore without PCRs keeps no log");
      }
    };
  }

  @Override
  public Engine runtime(int threads) {
    return ground.runtime();
  }

  /** Does at once what it is given: one thread is all there is, and so each life is the same. */
  private static final class Hand extends AbstractExecutorService {
    private boolean isShut;

    @Override
    public void execute(Runnable work) {
      work.run();
    }

    @Override
    public void shutdown() {
      isShut = true;
    }

    @Override
    public List<Runnable> shutdownNow() {
      isShut = true;
      return List.of();
    }

    @Override
    public boolean isShutdown() {
      return isShut;
    }

    @Override
    public boolean isTerminated() {
      return isShut;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
      return true;
    }
  }
}
