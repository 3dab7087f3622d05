// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.agent.enrol.Enrolment;
import dev.bartizan.agent.enrol.EnrolmentRefused;
import dev.bartizan.agent.enrol.EnrolmentService;
import dev.bartizan.agent.enrol.GrantCheck;
import dev.bartizan.agent.enrol.HttpsEnrolmentService;
import dev.bartizan.agent.enrol.KeysEnrolment;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.keystore.MemoryBlobStore;
import dev.bartizan.crypto.keystore.Protection;
import dev.bartizan.crypto.keystore.SoftwareKeystore;
import dev.bartizan.crypto.keystore.Tpm2Keystore;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.Swtpm;
import dev.bartizan.crypto.tpm.TpmAccess;
import dev.bartizan.fleet.FleetSettings;
import dev.bartizan.fleet.credential.CertificateAuthority;
import dev.bartizan.fleet.credential.Credentials;
import dev.bartizan.fleet.database.Databases;
import dev.bartizan.fleet.device.Device;
import dev.bartizan.fleet.enrol.AllowedChips;
import dev.bartizan.fleet.enrol.EndorsementRoots;
import dev.bartizan.fleet.enrol.EnrolmentRoutes;
import dev.bartizan.fleet.enrol.EnrolmentTokens;
import dev.bartizan.fleet.enrol.TokenEnrolment;
import dev.bartizan.fleet.enrol.TpmEnrolment;
import dev.bartizan.fleet.http.FleetServer;
import dev.bartizan.fleet.init.NewFleet;
import dev.bartizan.protocol.enrolment.BeginRequest;
import dev.bartizan.protocol.enrolment.FinishRequest;
import dev.bartizan.protocol.enrolment.Grant;
import dev.bartizan.protocol.enrolment.Wire;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The device's side of enrolment against the operator's, over real TLS and with a real TPM. */
class EnrolmentOverHttpsTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final FleetSettings SETTINGS =
      new FleetSettings(
          "fleet.example", "ssl://broker.example:8883", URI.create("http://localhost:8080/"));

  private static Swtpm chip;
  private static DeviceKeystore keystore;

  private final Clock clock = Clock.systemUTC();
  @TempDir private Path folder;
  private SharedDirectory directory;
  private CertificateAuthority authority;
  private EnrolmentTokens tokens;
  private FleetServer server;

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
  void serve() throws Exception {
    directory = new SharedDirectory(folder);
    NewFleet.found(directory, SETTINGS, List.of("127.0.0.1"), clock, RANDOM);
    authority = CertificateAuthority.load(directory, clock, RANDOM);
    directory.write("ek-roots/maker.pem", Files.readAllBytes(chip.issuerCertificate()));
    tokens = new EnrolmentTokens(Databases.of(directory).tokens(), clock);
    TpmEnrolment.Context context =
        new TpmEnrolment.Context(
            SETTINGS,
            () -> EndorsementRoots.load(directory),
            new AllowedChips(directory),
            Optional.of(tokens),
            authority,
            Databases.of(directory).devices());
    server =
        FleetServer.start(
            InetSocketAddress.createUnresolved("127.0.0.1", 0),
            Credentials.load(directory, Credentials.SERVER),
            authority.certificate(),
            new EnrolmentRoutes(
                    new TpmEnrolment(context, clock, RANDOM, device -> {}),
                    Optional.of(
                        new TokenEnrolment(
                            context,
                            Set.of(Protection.Kind.SOFTWARE),
                            clock,
                            RANDOM,
                            device -> {})))
                .routes());
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @Test
  void aDeviceEnrolsAndGoesAwayWithItsOwnCertificates() throws Exception {
    Grant grant = enrolment(service()).enrol(Optional.of(token()));

    assertEquals(SETTINGS.trustDomain(), grant.trustDomain());
    assertEquals(SETTINGS.broker(), grant.broker());
    assertTrue(Databases.of(directory).devices().find(keystore.ueid()).isPresent());
  }

  @Test
  void aChipWithoutACertificateIsToldWhatItsOperatorHasToAllow() throws Exception {
    try (Swtpm bare = Swtpm.uncertified()) {
      DeviceKeystore uncertified =
          Tpm2Keystore.create(
              new TpmAccess(bare.address(), RANDOM, pause -> {}),
              new MemoryBlobStore(),
              PcrSelection.parse("sha256:7"));
      Enrolment enrolment = new Enrolment(uncertified, service(), check());
      EnrolmentRefused refused =
          assertThrows(EnrolmentRefused.class, () -> enrolment.enrol(Optional.of(token())));
      assertEquals("NO_EK_CERTIFICATE", refused.code());
      String told = String.valueOf(refused.getMessage());

      new AllowedChips(directory)
          .allow(Digest.ofHex(told.substring(told.lastIndexOf(' ') + 1)), clock.instant());
      enrolment.enrol(Optional.of(token()));

      Device known = Databases.of(directory).devices().get(uncertified.ueid());
      assertTrue(known.chip().orElseThrow().isWithoutCertificate());
    }
  }

  @Test
  void aDeviceWithoutAChipEnrolsByATokenWhereTheOperatorWantsThat() throws Exception {
    DeviceKeystore software =
        SoftwareKeystore.create(
            new MemoryBlobStore(), () -> SecretBytes.take(new byte[] {'x'}), RANDOM);
    KeysEnrolment enrolment = new KeysEnrolment(software, service(), check());

    EnrolmentRefused without =
        assertThrows(EnrolmentRefused.class, () -> enrolment.enrol(Optional.empty()));
    assertEquals("NO_TOKEN", without.code());
    EnrolmentRefused wrong =
        assertThrows(EnrolmentRefused.class, () -> enrolment.enrol(Optional.of("guess")));
    assertEquals("BAD_TOKEN", wrong.code());
    enrolment.enrol(Optional.of(token()));
    assertEquals(
        Protection.Kind.SOFTWARE,
        Databases.of(directory).devices().get(software.ueid()).keystore());
  }

  @Test
  void theServersReasonReachesTheDevice() throws Exception {
    EnrolmentRefused refused =
        assertThrows(
            EnrolmentRefused.class, () -> enrolment(service()).enrol(Optional.of("guess")));

    assertEquals("BAD_TOKEN", refused.code());
    assertTrue(Databases.of(directory).devices().all().isEmpty());
  }

  // Attack: a server in the middle with a certificate of another authority.
  @Test
  void aServerOfAnotherAuthorityIsNotEvenSpokenTo() throws Exception {
    CertificateAuthority other =
        CertificateAuthority.create(
            new SharedDirectory(folder.resolve("other")), "other.example", clock, RANDOM);
    EnrolmentService mistrustful = new HttpsEnrolmentService(uri(), List.of(other.certificate()));

    assertThrows(IOException.class, () -> enrolment(mistrustful).enrol(Optional.of(token())));
    assertTrue(Databases.of(directory).devices().all().isEmpty());
  }

  // Attack: a server that hands out another device's certificates.
  @Test
  void aGrantForOtherKeysIsRefused() throws Exception {
    EnrolmentService honest = service();
    try (Swtpm otherChip = Swtpm.manufacture()) {
      DeviceKeystore other =
          Tpm2Keystore.create(
              new TpmAccess(otherChip.address(), RANDOM, pause -> {}),
              new MemoryBlobStore(),
              PcrSelection.parse("sha256:7"));
      byte[] foreign = new Enrolment(other, honest, check()).enrol(Optional.of(token())).write();
      EnrolmentService swapping =
          (path, message) -> {
            byte[] answer = honest.post(path, message);
            return path.equals(FinishRequest.PATH) ? foreign : answer;
          };

      EnrolmentRefused refused =
          assertThrows(
              EnrolmentRefused.class, () -> enrolment(swapping).enrol(Optional.of(token())));

      assertEquals("BAD_GRANT", refused.code());
    }
  }

  @Test
  void hostileRequestsAreAnsweredInOrderAndTheServerGoesOn() throws Exception {
    EnrolmentService raw = service();

    assertRefused("MALFORMED", raw, BeginRequest.PATH, "{");
    assertRefused("MALFORMED", raw, BeginRequest.PATH, "{\"token\":1}");
    assertRefused("MALFORMED", raw, FinishRequest.PATH, "[".repeat(5000));
    assertRefused("MALFORMED", raw, BeginRequest.PATH, " ".repeat(Wire.MAX_LENGTH + 1));
    assertRefused("NOT_FOUND", raw, "/somewhere/else", "{}");
    enrolment(raw).enrol(Optional.of(token()));
  }

  private static void assertRefused(
      String code, EnrolmentService service, String path, String message) {
    EnrolmentRefused refused =
        assertThrows(
            EnrolmentRefused.class,
            () -> service.post(path, message.getBytes(StandardCharsets.UTF_8)));
    assertEquals(code, refused.code());
  }

  private Enrolment enrolment(EnrolmentService service) {
    return new Enrolment(keystore, service, check());
  }

  private GrantCheck check() {
    return new GrantCheck(List.of(authority.certificate()), clock);
  }

  private EnrolmentService service() {
    return new HttpsEnrolmentService(uri(), List.of(authority.certificate()));
  }

  private URI uri() {
    return URI.create("https://127.0.0.1:" + server.port());
  }

  private String token() throws Exception {
    return tokens.create(RANDOM, EnrolmentTokens.LIFETIME);
  }
}
