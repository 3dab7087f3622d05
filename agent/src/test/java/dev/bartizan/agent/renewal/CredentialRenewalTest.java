// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.renewal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.agent.enrol.GrantCheck;
import dev.bartizan.agent.identity.CredentialStore;
import dev.bartizan.agent.identity.Credentials;
import dev.bartizan.agent.schedule.DaemonHealth;
import dev.bartizan.agent.schedule.Worker;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.keystore.KeyPurpose;
import dev.bartizan.crypto.keystore.MemoryBlobStore;
import dev.bartizan.crypto.keystore.SoftwareKeystore;
import dev.bartizan.crypto.pem.Pem;
import dev.bartizan.protocol.jws.SpiffeId;
import dev.bartizan.updater.disk.FakeDisk;
import dev.bartizan.updater.disk.FileName;
import java.io.IOException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Date;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The task in the loop, by a clock and a server that do what the test wants. */
final class CredentialRenewalTest {
  private static final Instant BEGIN = Instant.parse("2027-05-01T12:00:00Z");
  private static final Duration DAY = Duration.ofHours(24);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  /** What the server does when it is asked. */
  private interface Server {
    CertificateServer.Reply answer() throws IOException, RenewalRefused;
  }

  private final SecureRandom random = new SecureRandom();
  private final FakeDisk disk = new FakeDisk();
  private final Deque<Server> server = new ArrayDeque<>();
  private final Worker worker =
      new Worker(Executors.newSingleThreadExecutor(), new DaemonHealth(System::nanoTime), () -> {});
  private Instant now = BEGIN;
  private int renewals;
  private long serial;
  private KeyPair authority;
  private X509Certificate anchor;
  private DeviceKeystore keystore;
  private CredentialStore store;
  private CredentialRenewal task;

  @BeforeEach
  void enrolled() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    authority = generator.generateKeyPair();
    keystore =
        SoftwareKeystore.create(
            new MemoryBlobStore(), () -> SecretBytes.take(new byte[] {'x'}), random);
    anchor = certificate(authority.getPublic(), Duration.ofDays(3650));
    String unwrap = pem(certificate(keystore.publicKey(KeyPurpose.UNWRAP), DAY));
    new Credentials(pem(identity()), unwrap).store(disk);
    store = CredentialStore.open(disk, keystore);
    task =
        new CredentialRenewal(
            store,
            this::attempt,
            worker,
            new RenewalTiming(new Random(1)),
            () -> now,
            () -> renewals++);
  }

  @AfterEach
  void stop() {
    worker.close();
  }

  @Test
  void nobodyIsAskedBeforeTwoThirdsOfTheLife() throws Exception {
    for (int hour = 0; hour < 14; hour++) {
      turn();
      now = now.plus(Duration.ofHours(1));
    }

    assertEquals(0, renewals);
    assertTrue(described("last_error").isEmpty());
  }

  @Test
  void aNewCertificateIsOnDiskInUseAndToldOf() throws Exception {
    X509Certificate before = store.identityChain().get(0);
    turn();
    now = BEGIN.plus(Duration.ofHours(18));
    X509Certificate next = identity();
    server.add(() -> CertificateServer.Reply.issued(next));

    until(() -> renewals == 1);

    assertNotEquals(before, next);
    assertEquals(next, store.identityChain().get(0));
    assertEquals(next, Credentials.find(disk).orElseThrow().identityChain().get(0));
    assertTrue(Instant.parse(described("next_renewal")).isAfter(now.plus(Duration.ofHours(14))));
  }

  @Test
  void afterANoTheCertificateStaysAndItIsTriedAgainLater() throws Exception {
    X509Certificate before = store.identityChain().get(0);
    turn();
    now = BEGIN.plus(Duration.ofHours(18));
    server.add(
        () -> {
          throw new RenewalRefused("NOT_WELCOME", "quarantined");
        });

    until(() -> !described("last_error").isEmpty());

    assertEquals("NOT_WELCOME: quarantined", described("last_error"));
    assertEquals(before, store.identityChain().get(0));
    Instant again = Instant.parse(described("next_renewal"));
    assertTrue(again.isAfter(now) && again.isBefore(now.plus(MINUTE)), again.toString());

    X509Certificate next = identity();
    server.add(() -> CertificateServer.Reply.issued(next));
    now = again;
    until(() -> renewals == 1);
    assertTrue(described("last_error").isEmpty());
  }

  @Test
  void aServerThatIsAwayIsAskedLessAndLess() throws Exception {
    turn();
    now = BEGIN.plus(Duration.ofHours(15)).plus(Duration.ofHours(2));
    Instant last = now;
    for (int i = 0; i < 12; i++) {
      server.add(
          () -> {
            throw new IOException("away");
          });
      Instant asked = now;
      until(() -> server.isEmpty() && Instant.parse(described("next_renewal")).isAfter(asked));
      last = now;
      now = Instant.parse(described("next_renewal"));
    }

    Duration pause = Duration.between(last, now);
    assertTrue(pause.compareTo(Duration.ofMinutes(30)) >= 0, pause.toString());
    assertTrue(pause.compareTo(Duration.ofMinutes(60)) <= 0, pause.toString());
    assertEquals("away", described("last_error"));
  }

  @Test
  void whenAServerSaysLaterItIsLater() throws Exception {
    turn();
    now = BEGIN.plus(Duration.ofHours(18));
    server.add(() -> CertificateServer.Reply.askAgain(Duration.ofMinutes(7)));

    until(() -> server.isEmpty() && Instant.parse(described("next_renewal")).isAfter(now));

    assertEquals(now.plus(Duration.ofMinutes(7)), Instant.parse(described("next_renewal")));
  }

  // Attack: a clock that was years ahead for a while must not end renewal for years.
  @Test
  void aPauseThatAWrongClockMadeEndsWithIt() throws Exception {
    now = BEGIN.plus(Duration.ofDays(3650));
    turn();

    now = BEGIN;
    turn();

    assertTrue(Instant.parse(described("next_renewal")).isBefore(BEGIN.plus(DAY)));
  }

  // Attack: a server that gives what is not this device's.
  @Test
  void anothersCertificateIsNeverStored() throws Exception {
    byte[] before = disk.read(fileName(), 1 << 20).orElseThrow();
    turn();
    now = BEGIN.plus(Duration.ofHours(18));
    server.add(() -> CertificateServer.Reply.issued(anchor));

    until(() -> !described("last_error").isEmpty());

    assertTrue(described("last_error").startsWith("BAD_CERTIFICATE_GIVEN"));
    assertEquals(0, renewals);
    assertArrayEquals(before, disk.read(fileName(), 1 << 20).orElseThrow());
  }

  private static FileName fileName() {
    return FileName.of("credentials.json");
  }

  private RenewalAttempt attempt() {
    return new RenewalAttempt(
        keystore,
        new RenewalAttempt.Servers(
            request -> server.remove().answer(),
            (path, message) -> {
              throw new IOException("nobody enrols here");
            },
            Optional.empty()),
        new GrantCheck(List.of(anchor), () -> now));
  }

  private void turn() throws Exception {
    assertTrue(!task.turn().isNegative());
  }

  /** Turns the loop, as the worker does its part, until that is so. */
  private void until(BooleanSupplier isSo) throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!isSo.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, "it never came");
      turn();
      Thread.onSpinWait();
    }
  }

  private String described(String name) {
    ObjectNode status = StrictJson.object();
    task.describe(status);
    return status.path(name).asText();
  }

  private X509Certificate identity() throws Exception {
    return certificate(keystore.publicKey(KeyPurpose.IDENTITY), DAY);
  }

  private X509Certificate certificate(PublicKey key, Duration life) throws Exception {
    SpiffeId id = new SpiffeId("fleet.example", keystore.ueid());
    X509v3CertificateBuilder builder =
        new X509v3CertificateBuilder(
            new X500Name("CN=authority"),
            BigInteger.valueOf(++serial),
            Date.from(now),
            Date.from(now.plus(life)),
            new X500Name(key.equals(authority.getPublic()) ? "CN=authority" : "CN=device"),
            SubjectPublicKeyInfo.getInstance(key.getEncoded()));
    builder.addExtension(
        Extension.subjectAlternativeName,
        false,
        new GeneralNames(
            new GeneralName(GeneralName.uniformResourceIdentifier, id.toUri().toString())));
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(
                new JcaContentSignerBuilder("SHA256withECDSA").build(authority.getPrivate())));
  }

  private static String pem(X509Certificate certificate) {
    return Pem.ofCertificates(List.of(certificate));
  }
}
