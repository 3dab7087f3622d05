// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.keystore.Protection;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.fleet.MovableClock;
import dev.bartizan.fleet.credential.CertificateAuthority;
import dev.bartizan.fleet.credential.Credentials;
import dev.bartizan.fleet.credential.OperatorKeys;
import dev.bartizan.fleet.database.Databases;
import dev.bartizan.fleet.device.Device;
import dev.bartizan.fleet.device.DeviceRegistry;
import dev.bartizan.fleet.device.Endorsement;
import dev.bartizan.protocol.jws.SpiffeId;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who and what gets through to a route. */
final class FleetServerTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Duration DAY = Duration.ofDays(1);
  private static final int LIMIT = 8;

  private final MovableClock clock = new MovableClock(Clock.systemUTC().instant());
  private final KeyPair key = OperatorKeys.p256(RANDOM);
  private final KeyPair other = OperatorKeys.p256(RANDOM);
  private final Ueid ueid = Ueid.of((ECPublicKey) key.getPublic());
  @TempDir private Path folder;
  private CertificateAuthority authority;
  private DeviceRegistry registry;
  private FleetServer server;

  @BeforeEach
  void serve() throws Exception {
    SharedDirectory directory = new SharedDirectory(folder);
    authority = CertificateAuthority.create(directory, "fleet.example", clock, RANDOM);
    registry = Databases.of(directory).devices();
    server =
        FleetServer.start(
            InetSocketAddress.createUnresolved("127.0.0.1", 0),
            authority.issueServer(List.of("127.0.0.1"), DAY),
            authority.certificate(),
            List.of(
                Route.post("/echo", LIMIT, call -> Answer.ok("text/plain", call.body().toArray())),
                Route.get("/below/", call -> text(call.path())),
                Route.get("/malformed", call -> refuse()),
                Route.get("/broken", call -> fail()),
                Route.get("/bug", call -> breakDown()),
                Route.get("/who", call -> text(caller(call)))),
            Duration.ofSeconds(2));
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @Test
  void aRouteIsFoundByMethodAndPath() throws Exception {
    assertEquals("200 /below/a/b", get(anonymous(), "/below/a/b"));
    assertTrue(get(anonymous(), "/below").startsWith("404 "));
    assertTrue(get(anonymous(), "/echo").startsWith("404 "));
    assertEquals("200 12345678", post("12345678"));
  }

  @Test
  void whatARouteSaysInAnExceptionBecomesAStatus() throws Exception {
    assertEquals("400 {\"error\":\"MALFORMED\",\"message\":\"x\"}", get(anonymous(), "/malformed"));
    String notNow = get(anonymous(), "/broken");
    assertTrue(notNow.startsWith("503 ") && notNow.contains("NOT_NOW"), notNow);
    assertTrue(!notNow.contains("secret path"), notNow);
    assertTrue(get(anonymous(), "/bug").startsWith("500 "));
    assertEquals("200 1", post("1"));
  }

  @Test
  void aBodyOfOneByteMoreThanTheRouteAllowsDoesNotReachIt() throws Exception {
    assertTrue(post("123456789").startsWith("400 "));
    assertEquals("200 1", post("1"));
  }

  // Attack: more clients than threads, each with a body that never ends.
  @Test
  void bodiesThatDoNotComeHoldNoThreadAndAreGivenUp() throws Exception {
    List<SSLSocket> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 40; i++) {
        slow.add(begun());
      }
      assertEquals("200 quick", post("quick"));
      for (SSLSocket socket : slow) {
        String end = new String(socket.getInputStream().readAllBytes(), UTF_8);
        assertTrue(end.startsWith("HTTP/1.1 408 ") && end.contains("TOO_SLOW"), end);
      }
    } finally {
      for (SSLSocket socket : slow) {
        socket.close();
      }
    }
  }

  @Test
  void aDeviceIsKnownByItsCertificate() throws Exception {
    assertEquals("200 " + ueid.text(), get(client(enrol()), "/who"));
    registry.change(ueid, Device.State.QUARANTINED);
    assertEquals("200 " + ueid.text(), get(client(enrolled()), "/who"));
  }

  @Test
  void whoShowsNoCertificateIsNoDevice() throws Exception {
    enrol();

    assertRefused("NO_CERTIFICATE", get(anonymous(), "/who"));
  }

  @Test
  void aDeviceThatNobodyEnrolledIsUnknown() throws Exception {
    assertRefused("UNKNOWN_DEVICE", get(client(issue(key, DAY)), "/who"));
  }

  @Test
  void aRevokedDeviceIsRefusedOnAConnectionThatItHadBefore() throws Exception {
    HttpClient client = client(enrol());
    assertEquals("200 " + ueid.text(), get(client, "/who"));

    registry.change(ueid, Device.State.REVOKED);

    assertRefused("NOT_WELCOME", get(client, "/who"));
  }

  @Test
  void aCertificateThatRunsOutOnAnOpenConnectionIsGoodNoMore() throws Exception {
    HttpClient client = client(enrol());
    assertEquals("200 " + ueid.text(), get(client, "/who"));

    clock.advance(DAY.plusSeconds(1));

    assertRefused("BAD_CERTIFICATE", get(client, "/who"));
  }

  // Attack: a certificate of the authority that no record of issued ones has.
  @Test
  void aCertificateThatWasNeverWrittenDownIsRefused() throws Exception {
    enrol();

    assertRefused("BAD_CERTIFICATE", get(client(issue(key, DAY)), "/who"));
  }

  @Test
  void theKeyOfBeforeTheLastEnrolmentIsRefused() throws Exception {
    X509Certificate before = issue(other, DAY);
    registry.issued(ueid, before, clock.instant());
    enrol();

    assertRefused(
        "BAD_CERTIFICATE", get(http(new Credentials(other.getPrivate(), List.of(before))), "/who"));
  }

  // Attack: a certificate that names a device of ours, by an authority of the attacker's.
  @Test
  void withAForeignCertificateNoConnectionComesAbout() throws Exception {
    enrol();
    CertificateAuthority foreign =
        CertificateAuthority.create(
            new SharedDirectory(folder.resolve("foreign")), "fleet.example", clock, RANDOM);
    X509Certificate forged =
        foreign.issueIdentity(
            new SpiffeId("fleet.example", ueid), (ECPublicKey) key.getPublic(), DAY);

    assertThrows(IOException.class, () -> get(client(forged), "/who"));
  }

  private String caller(Call call) throws IOException, Refusal {
    return call.requireDevice(registry, clock.instant()).ueid().text();
  }

  private static Answer text(String text) {
    return Answer.ok("text/plain", text.getBytes(UTF_8));
  }

  private static Answer refuse() throws Malformed {
    throw new Malformed("x");
  }

  private static Answer fail() throws IOException {
    throw new IOException("secret path");
  }

  private static Answer breakDown() {
    throw new IllegalStateException("a bug");
  }

  private X509Certificate enrol() throws Exception {
    X509Certificate identity = issue(key, DAY);
    registry.issued(ueid, identity, clock.instant());
    registry.enrol(
        new Device(
            ueid,
            Device.State.ENROLLED,
            "default",
            Set.of(),
            clock.instant(),
            Protection.Kind.TPM2,
            Optional.of(
                new Device.Chip(
                    new Endorsement(Endorsement.By.MAKER, Digest.of(new byte[1])),
                    Bytes.of(new byte[1]))),
            identity,
            identity,
            Optional.empty(),
            false));
    return identity;
  }

  private X509Certificate enrolled() throws Exception {
    return registry.get(ueid).identity();
  }

  private X509Certificate issue(KeyPair pair, Duration lifetime) {
    return authority.issueIdentity(
        new SpiffeId("fleet.example", ueid), (ECPublicKey) pair.getPublic(), lifetime);
  }

  private HttpClient client(X509Certificate identity) {
    return http(new Credentials(key.getPrivate(), List.of(identity)));
  }

  private HttpClient http(Credentials credentials) {
    return HttpClient.newBuilder().sslContext(credentials.tls(authority.certificate())).build();
  }

  private HttpClient anonymous() {
    return HttpClient.newBuilder().sslContext(anonymousTls()).build();
  }

  /** Has a key of a foreign issuer, which is not asked for, and so not shown. */
  private SSLContext anonymousTls() {
    return authority.issueOperator("stranger", DAY).tls(authority.certificate());
  }

  private SSLSocket begun() throws IOException {
    SSLSocket socket =
        (SSLSocket) anonymousTls().getSocketFactory().createSocket("127.0.0.1", server.port());
    String head = "POST /echo HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 8\r\n\r\n1";
    socket.getOutputStream().write(head.getBytes(UTF_8));
    socket.getOutputStream().flush();
    return socket;
  }

  private String get(HttpClient client, String path) throws Exception {
    return send(client, HttpRequest.newBuilder(uri(path)).GET());
  }

  private String post(String body) throws Exception {
    return send(
        anonymous(),
        HttpRequest.newBuilder(uri("/echo")).POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  private static String send(HttpClient client, HttpRequest.Builder request) throws Exception {
    HttpResponse<String> response =
        client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    return response.statusCode() + " " + response.body();
  }

  private static void assertRefused(String code, String answer) {
    assertTrue(answer.startsWith("403 {\"error\":\"" + code + "\""), answer);
  }

  private URI uri(String path) {
    return URI.create("https://127.0.0.1:" + server.port() + path);
  }
}
