// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.est;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.keystore.Protection;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.fleet.FleetSettings;
import dev.bartizan.fleet.MovableClock;
import dev.bartizan.fleet.credential.CertificateAuthority;
import dev.bartizan.fleet.credential.Credentials;
import dev.bartizan.fleet.credential.OperatorKeys;
import dev.bartizan.fleet.database.Databases;
import dev.bartizan.fleet.device.Device;
import dev.bartizan.fleet.device.DeviceRegistry;
import dev.bartizan.fleet.device.Endorsement;
import dev.bartizan.fleet.http.FleetServer;
import dev.bartizan.fleet.init.NewFleet;
import dev.bartizan.fleet.verify.ResultStore;
import dev.bartizan.protocol.evidence.Nonce;
import dev.bartizan.protocol.jws.SpiffeId;
import dev.bartizan.protocol.result.AttestationResult;
import dev.bartizan.protocol.result.TrustTier;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A server with EST over real TLS, and one device in its registry. */
public final class EstFleet implements AutoCloseable {
  static final SecureRandom RANDOM = new SecureRandom();
  static final String DOMAIN = "fleet.example";
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration DAY = Duration.ofDays(1);

  final MovableClock clock = new MovableClock(Clock.systemUTC().instant());
  final KeyPair key = OperatorKeys.p256(RANDOM);
  final Ueid ueid = Ueid.of((ECPublicKey) key.getPublic());
  final SharedDirectory directory;
  final DeviceRegistry registry;
  final ResultStore results;
  final X509Certificate identity;
  private final CertificateAuthority authority;
  private final FleetServer server;

  EstFleet(Path folder, Protection.Kind keystore, Protection.Kind... accepted) throws Exception {
    directory = new SharedDirectory(folder);
    FleetSettings settings =
        new FleetSettings(DOMAIN, "ssl://localhost:8883", URI.create("http://localhost:8080/"));
    NewFleet.found(directory, settings, List.of("127.0.0.1"), clock, RANDOM);
    authority = CertificateAuthority.load(directory, clock, RANDOM);
    registry = Databases.of(directory).devices();
    results = Databases.of(directory).results();
    identity = enrol(keystore);
    Renewal renewal =
        new Renewal(
            FleetSettings.load(directory),
            authority,
            registry,
            results,
            Set.copyOf(Arrays.asList(accepted)),
            clock);
    server =
        FleetServer.start(
            InetSocketAddress.createUnresolved("127.0.0.1", 0),
            Credentials.load(directory, Credentials.SERVER),
            authority.certificate(),
            new EstRoutes(renewal).routes());
  }

  private X509Certificate enrol(Protection.Kind keystore) throws Exception {
    X509Certificate first =
        authority.issueIdentity(new SpiffeId(DOMAIN, ueid), (ECPublicKey) key.getPublic(), DAY);
    registry.issued(ueid, first, clock.instant());
    registry.enrol(device(keystore, Endorsement.By.MAKER, first, false));
    return first;
  }

  /** The device has enrolled again, and nobody but the operator vouches for its chip. */
  void loseCertificate() throws Exception {
    registry.enrol(device(Protection.Kind.TPM2, Endorsement.By.OPERATOR, identity, false));
  }

  /** The device has enrolled again, by a golden device's token. */
  void becomeGolden() throws Exception {
    registry.enrol(device(Protection.Kind.TPM2, Endorsement.By.MAKER, identity, true));
  }

  private Device device(
      Protection.Kind keystore, Endorsement.By by, X509Certificate certificate, boolean golden) {
    return new Device(
        ueid,
        Device.State.ENROLLED,
        "default",
        Set.of(),
        clock.instant(),
        keystore,
        keystore.attests()
            ? Optional.of(
                new Device.Chip(new Endorsement(by, Digest.of(new byte[1])), Bytes.of(new byte[1])))
            : Optional.empty(),
        certificate,
        certificate,
        Optional.empty(),
        golden);
  }

  X509Certificate anchor() {
    return authority.certificate();
  }

  /** Its verifier says this now. */
  void found(TrustTier tier, String... reasons) throws Exception {
    found(clock.instant(), tier, reasons);
  }

  void found(Instant when, TrustTier tier, String... reasons) throws Exception {
    results.keep(result(ueid, when, tier, reasons));
  }

  /** What somebody does who can write the database. */
  void forgeResult(String jwt) throws Exception {
    Databases.forge(
        directory,
        "INSERT INTO result (device, issued_at, status, jwt) VALUES (?, ?, 'affirming', ?)",
        ueid.text(),
        clock.instant().plusSeconds(1_000_000).getEpochSecond(),
        jwt);
  }

  /** A result as our verifier would find it. */
  public static AttestationResult result(
      Ueid device, Instant when, TrustTier tier, String... reasons) {
    Instant second = when.truncatedTo(ChronoUnit.SECONDS);
    return new AttestationResult(
        device,
        new Nonce(Bytes.of(new byte[32])),
        second,
        second.plus(HOUR),
        tier,
        Map.of(),
        Arrays.stream(reasons)
            .map(code -> new AttestationResult.Reason(tier, code, "as the test wants it"))
            .toList(),
        Digest.of(new byte[1]));
  }

  HttpResponse<byte[]> reenroll(byte[] request) throws Exception {
    return post("simplereenroll", "application/pkcs10", request);
  }

  HttpResponse<byte[]> post(String operation, String type, byte[] body) throws Exception {
    return send(
        client(),
        HttpRequest.newBuilder(uri(operation))
            .header("Content-Type", type)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
  }

  HttpResponse<byte[]> get(String operation) throws Exception {
    return send(client(), HttpRequest.newBuilder(uri(operation)).GET());
  }

  private static HttpResponse<byte[]> send(HttpClient client, HttpRequest.Builder request)
      throws Exception {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private HttpClient client() {
    Credentials device = new Credentials(key.getPrivate(), List.of(identity));
    return HttpClient.newBuilder().sslContext(device.tls(anchor())).build();
  }

  URI uri(String operation) {
    return URI.create("https://127.0.0.1:" + server.port() + "/.well-known/est/" + operation);
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
