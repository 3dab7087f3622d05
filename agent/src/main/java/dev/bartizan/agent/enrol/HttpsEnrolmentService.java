// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.enrol;

import dev.bartizan.agent.identity.FleetHttps;
import dev.bartizan.agent.identity.FleetTls;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.protocol.enrolment.Wire;
import java.io.IOException;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.util.List;

/** Reaches an enrolment server over HTTPS; believes the fleet's authority and no other. */
public final class HttpsEnrolmentService implements EnrolmentService {
  private static final int OK = 200;

  private final FleetHttps server;

  /**
   * @param server {@code https://HOST:PORT}
   * @param anchors the fleet's authority
   */
  public HttpsEnrolmentService(URI server, List<X509Certificate> anchors) {
    this.server = new FleetHttps(server, () -> FleetTls.anonymous(anchors));
  }

  @Override
  public byte[] post(String path, byte[] message) throws IOException, Refusal {
    FleetHttps.Reply reply =
        server
            .post(path, "application/json", Bytes.of(message), Wire.MAX_LENGTH)
            .requireNow("enrol");
    if (reply.status() == OK) {
      return reply.body().toArray();
    }
    FleetHttps.Reason reason =
        reply
            .reason()
            .orElseThrow(
                () ->
                    new IOException(
                        reply.server() + ": is no enrolment server (HTTP " + reply.status() + ")"));
    throw new EnrolmentRefused(reason.code(), reason.message());
  }
}
