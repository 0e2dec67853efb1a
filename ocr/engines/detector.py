"""Find lines of text in a picture with PP-OCRv6's detector, at a chosen working size."""

from __future__ import annotations

import cv2
import numpy as np
from rapidocr import RapidOCR

from ocr.engines.lines import Corners
from ocr.engines.models import DETECTOR_V6, model_path
from ocr.ports import Picture


class LineDetector:
    """PP-OCRv6 small detection through ``rapidocr``, on one thread."""

    def __init__(self, *, box_threshold: float = 0.4) -> None:
        """Load the model; raises EngineUnavailableError when its file is missing."""
        params = {
            "Global.use_cls": False,
            "Global.use_rec": False,
            "Global.log_level": "error",
            "Global.max_side_len": 4000,
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            # A given path is checked, never downloaded.
            "Det.model_path": str(model_path(DETECTOR_V6)),
            "Det.limit_type": "max",
            "Det.limit_side_len": 4000,
            "Det.box_thresh": box_threshold,
        }
        self._engine = RapidOCR(params=params)

    def find(self, picture: Picture, *, scale: float = 1.0) -> list[Corners]:
        """Return the corners of each line, in ``picture``'s pixels, found at ``scale``."""
        height, width = picture.shape[:2]
        size = (max(32, round(width * scale)), max(32, round(height * scale)))
        shrink = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        work = cv2.resize(picture, size, interpolation=shrink)
        found = self._engine(work)
        boxes = getattr(found, "boxes", None)
        if boxes is None:
            return []
        factor = np.array([width / size[0], height / size[1]])
        return [_corners(np.asarray(box) * factor) for box in boxes]


def crop_line(picture: Picture, corners: Corners) -> Picture:
    """Cut the line at ``corners`` out of ``picture`` and straighten it."""
    points = np.array(corners, np.float32)
    width = max(
        4, round(float(max(np.hypot(*(points[1] - points[0])), np.hypot(*(points[2] - points[3])))))
    )
    height = max(
        4, round(float(max(np.hypot(*(points[3] - points[0])), np.hypot(*(points[2] - points[1])))))
    )
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(points, target)
    line = cv2.warpPerspective(
        picture, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return np.ascontiguousarray(line, dtype=np.uint8)


def _corners(box: np.ndarray) -> Corners:
    (a, b, c, d) = ((round(float(x), 1), round(float(y), 1)) for x, y in box)
    return (a, b, c, d)
