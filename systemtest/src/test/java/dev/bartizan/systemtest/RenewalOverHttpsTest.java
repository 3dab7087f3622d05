// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.agent.enrol.Enrolment;
import dev.bartizan.agent.enrol.EnrolmentRefused;
import dev.bartizan.agent.enrol.GrantCheck;
import dev.bartizan.agent.enrol.HttpsEnrolmentService;
import dev.bartizan.agent.identity.Credentials;
import dev.bartizan.agent.renewal.Attestation;
import dev.bartizan.agent.renewal.CertificateServer;
import dev.bartizan.agent.renewal.HttpsEst;
import dev.bartizan.agent.renewal.RenewalAttempt;
import dev.bartizan.agent.renewal.RenewalRefused;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.keystore.MemoryBlobStore;
import dev.bartizan.crypto.keystore.Tpm2Keystore;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.Swtpm;
import dev.bartizan.crypto.tpm.TpmAccess;
import dev.bartizan.fleet.FleetSettings;
import dev.bartizan.fleet.credential.CertificateAuthority;
import dev.bartizan.fleet.database.Databases;
import dev.bartizan.fleet.device.Device;
import dev.bartizan.fleet.device.DeviceRegistry;
import dev.bartizan.fleet.enrol.AllowedChips;
import dev.bartizan.fleet.enrol.EndorsementRoots;
import dev.bartizan.fleet.enrol.EnrolmentRoutes;
import dev.bartizan.fleet.enrol.EnrolmentTokens;
import dev.bartizan.fleet.enrol.TpmEnrolment;
import dev.bartizan.fleet.est.EstRoutes;
import dev.bartizan.fleet.est.Renewal;
import dev.bartizan.fleet.http.FleetServer;
import dev.bartizan.fleet.http.Route;
import dev.bartizan.fleet.init.NewFleet;
import dev.bartizan.fleet.verify.ResultStore;
import dev.bartizan.protocol.enrolment.Grant;
import dev.bartizan.protocol.evidence.Nonce;
import dev.bartizan.protocol.result.AttestationResult;
import dev.bartizan.protocol.result.TrustTier;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The device's renewal against the server's, over real TLS with a key in a real TPM. */
class RenewalOverHttpsTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Duration LONG = Duration.ofDays(3);
  private static final FleetSettings SETTINGS =
      new FleetSettings(
          "fleet.example", "ssl://broker.example:8883", URI.create("http://localhost:8080/"));

  private static Swtpm chip;
  private static DeviceKeystore keystore;

  private final Clock clock = Clock.systemUTC();
  @TempDir private Path folder;
  private SharedDirectory directory;
  private CertificateAuthority authority;
  private DeviceRegistry registry;
  private ResultStore results;
  private FleetServer server;
  private Credentials present;
  private int attestations;

  @BeforeAll
  static void powerOn() throws Exception {
    chip = Swtpm.manufacture();
    keystore =
        Tpm2Keystore.create(
            new TpmAccess(chip.address(), RANDOM, pause -> {}),
            new MemoryBlobStore(),
            PcrSelection.parse("sha256:7"));
  }

  @AfterAll
  static void powerOff() throws Exception {
    chip.close();
  }

  @BeforeEach
  void enrol() throws Exception {
    directory = new SharedDirectory(folder);
    NewFleet.found(directory, SETTINGS, List.of("127.0.0.1"), clock, RANDOM);
    authority = CertificateAuthority.load(directory, clock, RANDOM);
    registry = Databases.of(directory).devices();
    results = Databases.of(directory).results();
    directory.write("ek-roots/maker.pem", Files.readAllBytes(chip.issuerCertificate()));
    EnrolmentTokens tokens = new EnrolmentTokens(Databases.of(directory).tokens(), clock);
    TpmEnrolment.Context context =
        new TpmEnrolment.Context(
            SETTINGS,
            () -> EndorsementRoots.load(directory),
            new AllowedChips(directory),
            Optional.of(tokens),
            authority,
            registry);
    List<Route> routes = new ArrayList<>();
    routes.addAll(
        new EnrolmentRoutes(
                new TpmEnrolment(context, clock, RANDOM, device -> {}), Optional.empty())
            .routes());
    routes.addAll(
        new EstRoutes(new Renewal(SETTINGS, authority, registry, results, Set.of(), clock))
            .routes());
    server =
        FleetServer.start(
            InetSocketAddress.createUnresolved("127.0.0.1", 0),
            dev.bartizan.fleet.credential.Credentials.load(
                directory, dev.bartizan.fleet.credential.Credentials.SERVER),
            authority.certificate(),
            routes);
    String token = tokens.create(RANDOM, EnrolmentTokens.LIFETIME);
    Grant grant =
        new Enrolment(keystore, new HttpsEnrolmentService(uri(), anchors()), check(clock))
            .enrol(Optional.of(token));
    present = Credentials.of(grant);
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @Test
  void aDeviceAttestsBecauseItIsAskedToAndGetsItsNextCertificate() throws Exception {
    Credentials next = attempt(this::attest).credentials().orElseThrow();

    assertEquals(1, attestations);
    assertNotEquals(identity(present), identity(next));
    assertEquals(registry.get(keystore.ueid()).identity(), identity(next));
    assertEquals(present.unwrapPem(), next.unwrapPem());
    assertEquals(present.identityChain().get(1), next.identityChain().get(1));
    next.requireFor(keystore);
  }

  @Test
  void whoseEvidenceIsFreshIsNotAskedForMore() throws Exception {
    keep(TrustTier.AFFIRMING);

    assertTrue(attempt(this::attest).credentials().isPresent());
    assertEquals(0, attestations);
  }

  @Test
  void badEvidenceIsToldAsSuchAfterOneMoreAttestation() throws Exception {
    RenewalRefused refused =
        assertThrows(
            RenewalRefused.class,
            () ->
                attempt(
                    () -> {
                      attestations++;
                      keep(TrustTier.CONTRAINDICATED);
                    }));

    assertEquals("EVIDENCE_NOT_GOOD", refused.code());
    assertEquals(1, attestations);
  }

  @Test
  void withTheCertificateBeforeTheLastADeviceStillRenews() throws Exception {
    keep(TrustTier.AFFIRMING);

    Credentials lost = attempt(this::attest).credentials().orElseThrow();
    Credentials next = attempt(this::attest).credentials().orElseThrow();

    assertNotEquals(identity(lost), identity(next));
  }

  @Test
  void aDeviceThatWasAwayForTooLongComesBackByItsChipForAnHour() throws Exception {
    // By its clock the certificate has run out; by the server's, which gives the next one, not.
    RenewalAttempt.Outcome outcome = attempt(this::attest, Instant.now().plus(LONG), check(clock));

    X509Certificate next = identity(outcome.credentials().orElseThrow());
    assertEquals(0, attestations);
    assertEquals(registry.get(keystore.ueid()).identity(), next);
    Instant end = next.getNotAfter().toInstant();
    assertTrue(end.isBefore(Instant.now().plus(Duration.ofMinutes(61))), end.toString());
  }

  @Test
  void aDeviceInQuarantineNeitherRenewsNorComesBack() throws Exception {
    keep(TrustTier.AFFIRMING);
    registry.change(keystore.ueid(), Device.State.QUARANTINED);

    assertEquals(
        "NOT_WELCOME", assertThrows(RenewalRefused.class, () -> attempt(this::attest)).code());
    assertEquals(
        "NOT_WELCOME",
        assertThrows(
                EnrolmentRefused.class,
                () -> attempt(this::attest, Instant.now().plus(LONG), check(clock)))
            .code());
  }

  @Test
  void aCertificateThatTheServerForgotIsReplacedByTheChipsWord() throws Exception {
    Databases.forge(directory, "DELETE FROM issued WHERE device = ?", keystore.ueid().text());

    Credentials next = attempt(this::attest).credentials().orElseThrow();

    assertEquals(registry.get(keystore.ueid()).identity(), identity(next));
  }

  // Attack: time. A clock that is years off makes nothing acceptable that is not.
  @Test
  void byAClockThatIsYearsOffNothingIsAccepted() throws Exception {
    keep(TrustTier.AFFIRMING);
    for (Duration off : List.of(Duration.ofDays(-4000), Duration.ofDays(4000))) {
      Clock wrong = Clock.offset(clock, off);
      Refusal refused =
          assertThrows(Refusal.class, () -> attempt(this::attest, wrong.instant(), check(wrong)));
      assertTrue(
          Set.of("BAD_CERTIFICATE_GIVEN", "BAD_GRANT").contains(refused.code()),
          off + ": " + refused.code());
    }
  }

  // Attack: a server that answers with a certificate for somebody else.
  @Test
  void anothersCertificateIsNotTaken() throws Exception {
    X509Certificate foreign = authority.certificate();
    CertificateServer swapping =
        request -> new CertificateServer.Reply(Optional.of(foreign), Duration.ZERO);

    Refusal refused =
        assertThrows(
            Refusal.class,
            () ->
                new RenewalAttempt(keystore, servers(swapping, this::attest), check(clock))
                    .run(present, clock.instant()));

    assertEquals("BAD_CERTIFICATE_GIVEN", refused.code());
  }

  private RenewalAttempt.Outcome attempt(Attestation attestation) throws IOException, Refusal {
    return attempt(attestation, clock.instant(), check(clock));
  }

  private RenewalAttempt.Outcome attempt(Attestation attestation, Instant now, GrantCheck check)
      throws IOException, Refusal {
    List<X509Certificate> chain = present.identityChain();
    CertificateServer est = new HttpsEst(uri(), keystore, () -> chain, anchors());
    return new RenewalAttempt(keystore, servers(est, attestation), check).run(present, now);
  }

  private RenewalAttempt.Servers servers(CertificateServer est, Attestation attestation) {
    return new RenewalAttempt.Servers(
        est, new HttpsEnrolmentService(uri(), anchors()), Optional.of(attestation));
  }

  private void attest() throws IOException, Refusal {
    attestations++;
    keep(TrustTier.AFFIRMING);
  }

  /** The verifier has found this, a moment ago. */
  private void keep(TrustTier tier) throws IOException, Refusal {
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    results.keep(
        new AttestationResult(
            keystore.ueid(),
            new Nonce(Bytes.of(new byte[32])),
            now,
            now.plus(Duration.ofHours(1)),
            tier,
            Map.of(),
            List.of(),
            Digest.of(new byte[1])));
  }

  private static X509Certificate identity(Credentials credentials) throws Refusal {
    return credentials.identityChain().get(0);
  }

  private GrantCheck check(Clock by) {
    return new GrantCheck(anchors(), by);
  }

  private List<X509Certificate> anchors() {
    return List.of(authority.certificate());
  }

  private URI uri() {
    return URI.create("https://127.0.0.1:" + server.port());
  }
}
