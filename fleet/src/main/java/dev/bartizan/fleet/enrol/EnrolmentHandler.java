// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.enrol;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.protocol.enrolment.BeginRequest;
import dev.bartizan.protocol.enrolment.FinishRequest;
import dev.bartizan.protocol.enrolment.KeysBeginRequest;
import dev.bartizan.protocol.enrolment.KeysFinishRequest;
import dev.bartizan.protocol.enrolment.Wire;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * The two requests as HTTP. A refusal is 403 (400 when it could not be read) with {@code
 * {"error":CODE,"message":…}}; 503 means "not now".
 */
final class EnrolmentHandler extends Handler.Abstract {
  private static final System.Logger LOG = System.getLogger("dev.bartizan.fleet.enrol");

  private final TpmEnrolment desk;
  private final Optional<TokenEnrolment> keys;

  /**
   * @param keys takes in devices without a chip, where the operator wants that
   */
  EnrolmentHandler(TpmEnrolment desk, Optional<TokenEnrolment> keys) {
    this.desk = desk;
    this.keys = keys;
  }

  private record Answer(int status, Bytes body) {}

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    Answer answer = answer(request);
    response.setStatus(answer.status());
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
    response.write(true, answer.body().asBuffer(), callback);
    return true;
  }

  private Answer answer(Request request) {
    try {
      return judge(request);
    } catch (Malformed malformed) {
      return error(HttpStatus.BAD_REQUEST_400, malformed.code(), malformed);
    } catch (Refusal refusal) {
      LOG.log(
          System.Logger.Level.WARNING,
          "enrolment refused: {0}: {1}",
          refusal.code(),
          refusal.getMessage());
      return error(HttpStatus.FORBIDDEN_403, refusal.code(), refusal);
    } catch (IOException notNow) {
      LOG.log(System.Logger.Level.ERROR, "enrolment is not possible now", notNow);
      // What is wrong with our disk is none of the device's business.
      return error(HttpStatus.SERVICE_UNAVAILABLE_503, "NOT_NOW", new IOException("try again"));
    }
  }

  private Answer judge(Request request) throws IOException, Refusal {
    if (!HttpMethod.POST.is(request.getMethod())) {
      return notFound();
    }
    String path = Request.getPathInContext(request);
    if (path.equals(BeginRequest.PATH)) {
      return ok(desk.begin(BeginRequest.read(body(request))).write());
    }
    if (path.equals(FinishRequest.PATH)) {
      return ok(desk.finish(FinishRequest.read(body(request))).write());
    }
    if (path.equals(KeysBeginRequest.PATH)) {
      return ok(keysDesk().begin(KeysBeginRequest.read(body(request))).write());
    }
    if (path.equals(KeysFinishRequest.PATH)) {
      return ok(keysDesk().finish(KeysFinishRequest.read(body(request))).write());
    }
    return notFound();
  }

  private TokenEnrolment keysDesk() throws EnrolmentRefusal {
    return keys.orElseThrow(
        () ->
            new EnrolmentRefusal(
                EnrolmentRefusal.Reason.KEYSTORE_NOT_ACCEPTED,
                "only devices with a TPM are taken in here"));
  }

  /** One byte more than allowed is enough to be refused by the reader. */
  private static byte[] body(Request request) throws IOException {
    try (InputStream content = Content.Source.asInputStream(request)) {
      return content.readNBytes(Wire.MAX_LENGTH + 1);
    }
  }

  private static Answer ok(byte[] body) {
    return new Answer(HttpStatus.OK_200, Bytes.of(body));
  }

  private static Answer notFound() {
    return error(HttpStatus.NOT_FOUND_404, "NOT_FOUND", new IOException("there is nothing here"));
  }

  private static Answer error(int status, String code, Exception why) {
    String message = Optional.ofNullable(why.getMessage()).orElse(code);
    ObjectNode body = StrictJson.object().put("error", code).put("message", message);
    return new Answer(status, Bytes.of(StrictJson.write(body)));
  }
}
